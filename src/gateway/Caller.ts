/** Who asks, as the broker says, and what that allows. */
import { Effect, Option } from "effect"
import { Directory } from "../broker/Directory.ts"
import { onlyParent } from "../domain/Authority.ts"
import type { SessionCard } from "../domain/Session.ts"
import type { Sender } from "../domain/Message.ts"
import { Refusal } from "./Api.ts"
import { type Addressee, resolve, sessionOf } from "./Recipients.ts"

export interface Caller {
  /** `human`, or a session's id. */
  readonly name: string
  /** None for a person at a shell. */
  readonly card: SessionCard | undefined
}

export const identify = (name: string) =>
  Effect.gen(function* () {
    if (name === "human") return { name, card: undefined } satisfies Caller
    const directory = yield* Directory
    const card = Option.getOrUndefined(yield* directory.find(name))
    if (card === undefined)
      return yield* new Refusal({
        code: "not-allowed",
        message: `there is no session ${name}`,
        hint: "run sm from a session that sm spawned, or from a plain shell"
      })
    if (card.state === "stopped")
      return yield* new Refusal({
        code: "not-allowed",
        message: `session ${card.name} (${card.id}) is stopped and may not act any more`,
        hint: `sm restore ${card.id}, from a plain shell`
      })
    return { name, card } satisfies Caller
  })

export const senderOf = (caller: Caller): Sender =>
  caller.card === undefined
    ? { kind: "human", name: "human" }
    : { kind: "session", id: caller.card.id, host: caller.card.host, name: caller.card.name }

/** The session a word means, for this caller. */
export const find = (word: string, caller: Caller) =>
  Effect.gen(function* () {
    const directory = yield* Directory
    const found = sessionOf(word, yield* directory.all, caller.card)
    return found instanceof Refusal ? yield* found : found
  })

const GAP = new Refusal({
  code: "invalid",
  message: "the list of recipients has an empty place",
  hint: "a,b,c: names with one comma between them"
})

/** Whom `a,b,c` means, each once; one that means nobody means that nobody is meant. */
export const findAll = (words: string, caller: Caller) =>
  Effect.gen(function* () {
    const directory = yield* Directory
    const cards = yield* directory.all
    const found: Array<Addressee> = []
    for (const word of words.split(",").map((part) => part.trim())) {
      if (word === "") return yield* GAP
      const addressee = resolve(word, cards, caller.card)
      if (addressee instanceof Refusal) return yield* addressee
      if (!found.some(({ id }) => id === addressee.id)) found.push(addressee)
    }
    return found
  })

/** The caller's own session; a person at a shell has none. */
export const own = (caller: Caller): Effect.Effect<SessionCard, Refusal> =>
  caller.card === undefined
    ? Effect.fail(
        new Refusal({
          code: "wrong-state",
          message: "this shell is not a session",
          hint: "name a session, or run this from inside an agent"
        })
      )
    : Effect.succeed(caller.card)

/** Asked before what a refusal of the session itself would come too late for. */
export const mayRule = (caller: Caller, target: SessionCard, verb: string): Effect.Effect<void, Refusal> => {
  const no = onlyParent(target, senderOf(caller), verb)
  return no === undefined
    ? Effect.void
    : Effect.fail(new Refusal({ code: "not-allowed", message: no.reason, hint: no.hint }))
}
