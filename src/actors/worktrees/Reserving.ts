/** A worktree is removed under a lease of its own: never while another holds one there, and nobody takes one meanwhile. */
import { Clock, Effect } from "effect"
import { type Holder, Ticket } from "../../domain/Lock.ts"
import type { Worktree } from "../../domain/Worktree.ts"
import { ref } from "../ActorRef.ts"
import { SWARM } from "../ActorSystem.ts"
import { Locks } from "../locks/Locks.ts"
import { noticeId } from "../NoticeId.ts"
import { remover } from "./Entries.ts"

/** Longer than the largest removal, ms: it is given back before. */
const TERM = 3_600_000

const nameOf = (holder: Holder): string => (holder._tag === "Person" ? "a person" : holder.name)

/** Why it may not be removed; none: nobody else may write there from now on. */
export const refusal = ({ host, id, path }: Worktree) =>
  Effect.gen(function* () {
    const at = yield* Clock.currentTimeMillis
    const standing = yield* ref(Locks, SWARM, "main").ask("Acquire", {
      ticket: Ticket.make(`l${noticeId(at, `remove ${id}`).slice(1)}`),
      host,
      workspace: path,
      path: null,
      narrow: null,
      holder: remover(id),
      reason: "it is being removed",
      ttl: TERM,
      wait: 0,
      auto: false,
      at
    })
    return standing._tag === "Granted" ? undefined : `${path} could not be reserved`
  }).pipe(
    Effect.catchTags({
      LockHeld: ({ by: [other] }) =>
        Effect.succeed(
          other === undefined
            ? `${path} is leased`
            : `${path} is leased by ${nameOf(other.holder)}${other.reason === "" ? "" : ` (${other.reason})`}: wait, or sm unlock --force there`
        ),
      Deadlock: (error) => Effect.succeed(error.message)
    }),
    // Nobody knows whether somebody writes there.
    Effect.catch((error) => Effect.succeed(`whether ${path} is leased cannot be found out: ${error.message}`))
  )
