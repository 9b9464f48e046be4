/** Leases on workspaces: who may write where, until when. The words every part of the swarm uses for them. */
import { Schema } from "effect"
import { HostId, SessionId } from "./Ids.ts"

/**
 * Who holds or waits. A session's lease belongs to one epoch of its context: a clear ends it. A `guest` is an agent that sm
 * did not spawn, known by its own conversation id. A person's ends by time, or by hand.
 */
export const Holder = Schema.TaggedUnion({
  Session: { id: SessionId, host: HostId, name: Schema.String, epoch: Schema.Int },
  Guest: { id: Schema.NonEmptyString, name: Schema.String },
  Person: { name: Schema.String }
})
export type Holder = typeof Holder.Type

/** The same holder asks again and gets what it has. Epochs of one session are different holders. */
export const holderKey = (holder: Holder): string =>
  Holder.match(holder, {
    Session: ({ epoch, id }) => `session ${id} ${epoch}`,
    Guest: ({ id }) => `guest ${id}`,
    Person: () => "person"
  })

/**
 * A workspace is the root of a git worktree on one host, real path. `path` is a glob inside it (`*`, `**`, `?`), relative,
 * with `/`; none is the whole workspace.
 */
export const Scope = Schema.Struct({
  host: HostId,
  workspace: Schema.NonEmptyString,
  path: Schema.NullOr(Schema.NonEmptyString)
})
export type Scope = typeof Scope.Type

/** Grows with every grant in the swarm: whoever has a smaller one for the same scope has lost it. */
export const Fence = Schema.Int
export type Fence = typeof Fence.Type

/** Made by whoever asks, so that asking again is the same request: `l` and 15 base-36 digits. */
export const Ticket = Schema.String.check(
  Schema.isPattern(/^l[0-9a-z]{15}$/u, { message: "a ticket is `l` and 15 letters or digits" })
).pipe(Schema.brand("Ticket"))
export type Ticket = typeof Ticket.Type

export const Lease = Schema.Struct({
  ticket: Ticket,
  ...Scope.fields,
  holder: Holder,
  reason: Schema.String,
  fence: Fence,
  /** Unix ms. */
  since: Schema.Finite,
  /** Unix ms: the broker's own timer ends it then, unless it is renewed. */
  until: Schema.Finite,
  /** Length of one term, ms. */
  ttl: Schema.Finite,
  /** Taken by a write, not by `sm lock`. */
  auto: Schema.Boolean
})
export type Lease = typeof Lease.Type

export const Waiting = Schema.Struct({
  ticket: Ticket,
  ...Scope.fields,
  holder: Holder,
  reason: Schema.String,
  since: Schema.Finite,
  /** Unix ms: it gives up then. */
  until: Schema.Finite,
  ttl: Schema.Finite,
  auto: Schema.Boolean
})
export type Waiting = typeof Waiting.Type

/** What a session's card shows of its leases. */
export const HeldLease = Schema.Struct({
  ...Scope.fields,
  reason: Schema.String,
  fence: Fence,
  since: Schema.Finite
})
export type HeldLease = typeof HeldLease.Type
