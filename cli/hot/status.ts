/** `sm status`, `sm me`: who am I, and who else works here. */
import { ask } from "../Client.ts"
import { settle } from "../Output.ts"
import { sessionLines, type Card } from "../view/Sessions.ts"
import { parse } from "./Arguments.ts"

interface Status {
  readonly me: Card | null
  readonly others: ReadonlyArray<Card>
  readonly total: number
}

export const status = async (args: ReadonlyArray<string>): Promise<number | undefined> => {
  const parsed = parse(args, ["json"], [])
  if (parsed === undefined || parsed.words.length > 0) return undefined
  const reply = await ask("status", { cwd: process.cwd() }, { repeatable: true })
  return settle<Status>(reply, parsed.flags.has("json"), ({ me, others, total }) =>
    [
      me === null ? "You are the person at the keyboard." : `You are ${me.name} (${me.id}), ${me.state}.`,
      others.length === 0
        ? `Nobody else works here (${total} sessions in all).`
        : `Also here (${total} sessions in all):`,
      ...(others.length === 0 ? [] : [sessionLines(others)])
    ].join("\n")
  )
}

export const me = async (args: ReadonlyArray<string>): Promise<number | undefined> => {
  const parsed = parse(args, ["json"], [])
  if (parsed === undefined || parsed.words.length > 0) return undefined
  return settle<Card>(await ask("me", {}, { repeatable: true }), parsed.flags.has("json"), (card) =>
    sessionLines([card])
  )
}
