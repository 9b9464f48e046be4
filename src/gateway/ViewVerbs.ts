/** Verbs that look and change nothing. */
import { Effect } from "effect"
import { ref } from "../actors/ActorRef.ts"
import { Session } from "../actors/session/Session.ts"
import { Roster } from "../agents/Roster.ts"
import { Directory } from "../broker/Directory.ts"
import type { HostId } from "../domain/Ids.ts"
import { isLive, type SessionCard } from "../domain/Session.ts"
import { PaneId, Terminal } from "../terminal/Terminal.ts"
import { type Input, type Output, Refusal } from "./Api.ts"
import { type Caller, find, own } from "./Caller.ts"
import { locks } from "./locks/LockVerbs.ts"
import { acting, neighbours } from "./Members.ts"

export const list = (input: Input<"list">) =>
  Effect.map(
    Effect.flatMap(Directory, (directory) => directory.all),
    (cards) => cards.filter((card) => input.all === true || isLive(card.state) || card.state === "crashed")
  )

export const kinds = Effect.flatMap(Roster, (roster) => roster.kinds)

const below = (parent: string, cards: ReadonlyArray<SessionCard>): ReadonlyArray<SessionCard> =>
  cards.filter((card) => card.parentId === parent).flatMap((child) => [child, ...below(child.id, cards)])

const wanted: Readonly<Record<NonNullable<Input<"children">["status"]>, (card: SessionCard) => boolean>> = {
  running: ({ state }) => isLive(state) && state !== "idle" && state !== "human-composing",
  completed: ({ completed }) => completed !== null,
  error: ({ limited, state }) => state === "crashed" || limited !== null,
  all: () => true
}

export const children = (input: Input<"children">, caller: Caller) =>
  Effect.gen(function* () {
    const directory = yield* Directory
    const cards = yield* directory.all
    const parent = input.session === undefined ? yield* own(caller) : yield* find(input.session, caller)
    const found =
      input.recursive === true ? below(parent.id, cards) : cards.filter((card) => card.parentId === parent.id)
    const { all = false, status } = input
    const fits = status === undefined ? ({ state }: SessionCard) => all || state !== "stopped" : wanted[status]
    return yield* acting(found.filter(fits))
  })

/** Locks are no reason not to say who is here. */
const lockedIn = (cwd: string | undefined, host: HostId) =>
  cwd === undefined
    ? Effect.succeed({ leases: [], waiting: [] })
    : locks(cwd, host).pipe(
        Effect.timeout("2 seconds"),
        Effect.catch((error) =>
          Effect.as(Effect.logWarning(`status without locks: ${error.message}`), { leases: [], waiting: [] })
        )
      )

export const status = (input: Input<"status">, caller: Caller, host: HostId) =>
  Effect.gen(function* () {
    const directory = yield* Directory
    const live = (yield* directory.all).filter((card) => isLive(card.state))
    const [others, locked] = yield* Effect.all(
      [neighbours(caller, input.cwd, false), lockedIn(caller.card?.workingDir ?? input.cwd, host)],
      { concurrency: 2 }
    )
    const output: Output<"status"> = { me: caller.card ?? null, others, total: live.length, ...locked }
    return output
  })

export const monitored = (input: Input<"monitored">, caller: Caller) =>
  Effect.gen(function* () {
    if (input.session !== undefined) return [yield* find(input.session, caller)]
    const directory = yield* Directory
    return (yield* directory.all).filter((card) => isLive(card.state) && card.monitor !== null)
  })

const describe = (card: SessionCard) => ref(Session, card.host, card.id).ask("Describe", {})

export const output = (input: Input<"output">, caller: Caller) =>
  Effect.gen(function* () {
    const target = yield* find(input.session, caller)
    const { pane } = yield* describe(target)
    const gone = new Refusal({
      code: "wrong-state",
      message: `${target.name} has no pane (${target.state}: ${target.detail})`,
      hint: `sm restore ${target.name}`
    })
    const terminal = yield* Terminal
    // A crashed agent's pane shows its last words until it is restored.
    const id = pane?.id ?? (yield* terminal.list).find((other) => other.sessionId === target.id)?.pane
    if (id === undefined) return yield* gone
    const text = yield* Effect.catchIf(
      terminal.history(PaneId.make(id), input.lines ?? 50),
      (error) => error.reason === "NoSuchPane",
      () => Effect.fail(gone)
    )
    return { session: target.id, text } satisfies Output<"output">
  })

export const tail = (input: Input<"tail">, caller: Caller) =>
  Effect.gen(function* () {
    const target = yield* find(input.session, caller)
    const { actions } = yield* describe(target)
    return {
      session: target.id,
      name: target.name,
      actions: actions.slice(-(input.count ?? 10))
    } satisfies Output<"tail">
  })

export const attach = (input: Input<"attach">, caller: Caller) =>
  Effect.gen(function* () {
    const target = yield* find(input.session, caller)
    if (!isLive(target.state)) {
      return yield* new Refusal({
        code: "wrong-state",
        message: `${target.name} is ${target.state}`,
        hint: `sm restore ${target.name}`
      })
    }
    const terminal = yield* Terminal
    return { session: target, command: terminal.attach(target.id) } satisfies Output<"attach">
  })
