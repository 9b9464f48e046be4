/** Verbs of leases: take one or wait for it, give it back, look at all. */
import { Clock, Effect } from "effect"
import type { Standing } from "../../actors/locks/Locks.ts"
import type { HostId } from "../../domain/Ids.ts"
import { LockRules } from "../../domain/LockPolicy.ts"
import { Holder, holderKey, holderName, type Lease, placeText } from "../../domain/Lock.ts"
import { acquire, giveUp, heldRefusal, heldText, inOneLine, locks as manager } from "./Acquiring.ts"
import { type Input, type Output, Refusal } from "../Api.ts"
import type { Caller } from "../Caller.ts"
import { Repository } from "../Repository.ts"
import { scopeOf } from "./Workspace.ts"

/** Ms: nobody renews a person's. A session's is `locks.ttl`, renewed while its turn runs. */
const PERSON_TERM = 600_000

export const holderOf = ({ card }: Caller): Holder =>
  card === undefined
    ? Holder.cases.Person.make({ name: "human" })
    : Holder.cases.Session.make({ id: card.id, host: card.host, name: card.name, epoch: card.epoch })

const outcomes = { Granted: "granted", Waits: "waits", Over: "over" } as const

const answerOf = (standing: Standing, now: number): Output<"lock"> => {
  const outcome = outcomes[standing._tag]
  if (standing._tag === "Granted") return { outcome, lease: standing.lease, behind: [], why: "" }
  if (standing._tag === "Over") return { outcome, lease: null, behind: [], why: standing.why }
  const { behind } = standing
  return { outcome, lease: null, behind, why: behind.map((held) => heldText(held, now)).join("; ") }
}

/** What to do instead. Only a session can be asked. */
const hintFor = (by: ReadonlyArray<{ readonly holder: Holder }>): string => {
  const asked = by.map(({ holder }) => holder).find((holder) => holder._tag === "Session")
  const ask = asked === undefined ? "" : `sm send ${asked.name} "<text>" asks its holder; `
  return `--wait 2m waits for it; ${ask}git worktree add gives you a workspace of your own`
}

export const lock = (input: Input<"lock">, caller: Caller, host: HostId) =>
  Effect.gen(function* () {
    const scope = yield* scopeOf(input.cwd, input.path, host)
    const wait = input.waitMs ?? 0
    const request = {
      ...scope,
      ticket: input.ticket,
      narrow: null,
      holder: holderOf(caller),
      reason: inOneLine(input.reason),
      ttl: input.ttlMs ?? (caller.card === undefined ? PERSON_TERM : (yield* LockRules).ttl * 1000),
      wait,
      auto: false,
      at: yield* Clock.currentTimeMillis
    }
    const standing = yield* acquire(request, Math.min(input.forMs ?? wait, 600_000)).pipe(
      Effect.catchTags({
        LockHeld: ({ by }) => heldRefusal(by, "wrong-state", hintFor(by)),
        Deadlock: ({ message }) =>
          Effect.fail(
            new Refusal({ code: "wrong-state", message, hint: "sm unlock gives back what you have; then ask again" })
          )
      })
    )
    return answerOf(standing, yield* Clock.currentTimeMillis)
  })

export const giveUpLock = ({ ticket }: Input<"giveUpLock">, caller: Caller) =>
  Effect.gen(function* () {
    const { leases, waiting } = yield* manager.ask("Describe", {})
    const found = [...waiting, ...leases].find((other) => other.ticket === ticket)
    const mine =
      caller.card === undefined || (found !== undefined && holderKey(found.holder) === holderKey(holderOf(caller)))
    if (found !== undefined && !mine) {
      return yield* new Refusal({
        code: "not-allowed",
        message: `${ticket} is a request of ${holderName(found.holder)}`,
        hint: "only who asked gives up, or a person"
      })
    }
    const { _tag } = yield* giveUp(ticket, `given up by ${caller.card?.name ?? "the person"}`)
    return { outcome: outcomes[_tag] } satisfies Output<"giveUpLock">
  })

const notYours = (by: ReadonlyArray<Lease>, caller: Caller) => {
  const whose = by.map((lease) => `${holderName(lease.holder)} has ${placeText(lease)}`).join("; ")
  return new Refusal({
    code: "not-allowed",
    message: `only its holder may release it: ${whose}`,
    hint: caller.card === undefined ? "sm unlock --force takes it away" : "ask its holder: sm send <name>; or a person"
  })
}

export const unlock = (input: Input<"unlock">, caller: Caller, host: HostId) =>
  Effect.gen(function* () {
    const force = input.force === true
    if (force && caller.card !== undefined) {
      return yield* new Refusal({
        code: "not-allowed",
        message: "only a person may take a lease away from its holder",
        hint: "ask its holder: sm send <name>; or a person"
      })
    }
    const scope = yield* scopeOf(input.cwd, input.path, host)
    const why = force ? "the person took it away" : `released by ${caller.card?.name ?? "the person"}`
    return yield* manager
      .ask("Release", { ...scope, holder: holderOf(caller), force, why })
      .pipe(Effect.catchTag("NotHolder", ({ by }) => Effect.fail(notYours(by, caller))))
  })

/** Leases and requests, all or those of the workspaces that share a directory's repository. */
const standingIn = (cwd: string | undefined, host: HostId) =>
  Effect.gen(function* () {
    const all = yield* manager.ask("Describe", {})
    if (cwd === undefined) return all
    const repository = yield* Repository
    const here = yield* repository.of(cwd)
    const same = (held: { readonly host: HostId; readonly workspace: string }) =>
      held.host === host
        ? Effect.map(repository.of(held.workspace), ({ root }) => root === here.root)
        : Effect.succeed(false)
    return {
      ...all,
      leases: yield* Effect.filter(all.leases, same),
      waiting: yield* Effect.filter(all.waiting, same)
    }
  })

export const locks = (cwd: string | undefined, host: HostId) =>
  Effect.gen(function* () {
    const { leases, waiting } = yield* standingIn(cwd, host)
    return { leases, waiting } satisfies Output<"locks">
  })
