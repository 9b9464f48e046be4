/** `sm status`, `sm me`: who am I, and who else works here. */
import { ask } from "../Client.ts"
import { settle } from "../Output.ts"
import { sessionLines, type Card } from "../view/Sessions.ts"
import { parse, type Shape } from "./Arguments.ts"

interface Status {
  readonly me: Card | null
  readonly others: ReadonlyArray<Card>
  readonly total: number
}

export const shape: Shape = { bare: ["json"], valued: [], either: [] }

export const showStatus = async (json: boolean): Promise<number> => {
  const reply = await ask("status", { cwd: process.cwd() }, { repeatable: true })
  return settle<Status>(reply, json, ({ me, others, total }) =>
    [
      me === null ? "You are the person at the keyboard." : `You are ${me.name} (${me.id}), ${me.state}.`,
      others.length === 0
        ? `Nobody else works here (${total} sessions in all).`
        : `Also here (${total} sessions in all):`,
      ...(others.length === 0 ? [] : [sessionLines(others)])
    ].join("\n")
  )
}

export const showMe = async (json: boolean): Promise<number> => {
  const reply = await ask("me", {}, { repeatable: true })
  if (!reply.ok && reply.error.code === "wrong-state") {
    const hint = "sm list shows the sessions; sm me is for the agents inside them"
    return settle({ ok: false, error: { ...reply.error, hint } }, json, () => "")
  }
  return settle<Card>(reply, json, (card) => sessionLines([card]))
}

const plain =
  (show: (json: boolean) => Promise<number>) =>
  async (args: ReadonlyArray<string>): Promise<number | undefined> => {
    const parsed = parse(args, shape)
    if (parsed === undefined || parsed.words.length > 0) return undefined
    return show(parsed.flags.get("json") === true)
  }

export const status = plain(showStatus)
export const me = plain(showMe)
