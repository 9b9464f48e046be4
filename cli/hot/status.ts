/** `sm status`, `sm me`: who am I, and who else works here. `sm status "<text>"`: what an agent says of its work. */
import { ask } from "../Client.ts"
import { here } from "../Here.ts"
import { Misuse } from "../Misuse.ts"
import { settle } from "../Output.ts"
import type { Output } from "../../src/gateway/Api.ts"
import { lockLines } from "../view/Locks.ts"
import { sessionLines, type Card } from "../view/Sessions.ts"
import { parse, type Shape } from "./Arguments.ts"

/** A daemon of an older version tells no locks. */
type Status = {
  readonly me: Card | null
  readonly others: ReadonlyArray<Card>
  readonly total: number
} & Partial<Output<"locks">>

export const shape: Shape = { bare: ["json"], valued: [], either: [] }

export const showStatus = async (json: boolean): Promise<number> => {
  const reply = await ask("status", here(), { repeatable: true })
  return settle<Status>(reply, json, ({ leases = [], me, others, total, waiting = [] }) =>
    [
      me === null ? "You are the person at the keyboard." : `You are ${me.name} (${me.id}), ${me.state}.`,
      others.length === 0
        ? `Nobody else works here (${total} sessions in all).`
        : `Also here (${total} sessions in all):`,
      ...(others.length === 0 ? [] : [sessionLines(others)]),
      ...(leases.length + waiting.length === 0 ? [] : ["Locked here:", lockLines({ leases, waiting })])
    ].join("\n")
  )
}

export const setStatus = async (words: ReadonlyArray<string>, json: boolean): Promise<number> => {
  const text = words.join(" ").trim()
  if (text === "") throw new Misuse("the status is empty", 'sm status "running the tests"')
  const reply = await ask("setStatus", { text }, { repeatable: true })
  if (!reply.ok && reply.error.code === "wrong-state") {
    const hint = "a status is what an agent says of itself; sm status alone shows who is here"
    return settle({ ok: false, error: { ...reply.error, hint } }, json, () => "")
  }
  return settle<Card>(reply, json, ({ status }) => `status: ${status?.text ?? ""}`)
}

export const showMe = async (json: boolean): Promise<number> => {
  const reply = await ask("me", {}, { repeatable: true })
  if (!reply.ok && reply.error.code === "wrong-state") {
    const hint = "sm list shows the sessions; sm me is for the agents inside them"
    return settle({ ok: false, error: { ...reply.error, hint } }, json, () => "")
  }
  return settle<Card>(reply, json, (card) => sessionLines([card]))
}

/** None: not plain words, so that the full parser explains. */
export const status = async (args: ReadonlyArray<string>): Promise<number | undefined> => {
  const parsed = parse(args, shape)
  if (parsed === undefined) return undefined
  const json = parsed.flags.get("json") === true
  return parsed.words.length === 0 ? showStatus(json) : setStatus(parsed.words, json)
}

export const me = async (args: ReadonlyArray<string>): Promise<number | undefined> => {
  const parsed = parse(args, shape)
  return parsed === undefined || parsed.words.length > 0 ? undefined : showMe(parsed.flags.get("json") === true)
}
