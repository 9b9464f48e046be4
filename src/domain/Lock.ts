/** Leases on workspaces: who may write where, until when. The words every part of the swarm uses for them. */
import { Clock, Effect, Random, Schema } from "effect"
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

/** How people and agents read it. */
export const holderName = (holder: Holder): string =>
  Holder.match(holder, {
    Session: ({ id, name }) => (name === id ? name : `${name} (${id})`),
    Guest: ({ name }) => name,
    Person: () => "the person"
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

export const placeText = ({ path, workspace }: Pick<Scope, "path" | "workspace">): string =>
  path === null ? workspace : `${path} in ${workspace}`

/** Grows with every grant in the swarm: whoever has a smaller one for the same scope has lost it. */
export const Fence = Schema.Int
export type Fence = typeof Fence.Type

/** Made by whoever asks, so that asking again is the same request: `l` and 15 base-36 digits. */
export const Ticket = Schema.String.check(
  Schema.isPattern(/^l[0-9a-z]{15}$/u, { message: "a ticket is `l` and 15 letters or digits" })
).pipe(Schema.brand("Ticket"))
export type Ticket = typeof Ticket.Type

export const makeTicket: Effect.Effect<Ticket> = Effect.gen(function* () {
  const time = (yield* Clock.currentTimeMillis).toString(36).padStart(9, "0")
  const luck = (yield* Random.nextIntBetween(0, 36 ** 6)).toString(36).padStart(6, "0")
  return Ticket.make(`l${time}${luck}`)
})

export const Lease = Schema.Struct({
  ticket: Ticket,
  ...Scope.fields,
  holder: Holder,
  reason: Schema.String,
  fence: Fence,
  /** When its holder asked for it last, Unix ms: the end of an earlier turn does not end it. */
  asked: Schema.Finite,
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
  /** What it is content with where the whole scope is not free. */
  narrow: Schema.NullOr(Schema.NonEmptyString),
  holder: Holder,
  reason: Schema.String,
  /** When its holder asked, Unix ms, by the holder's host. */
  asked: Schema.Finite,
  since: Schema.Finite,
  /** Unix ms: it gives up then. */
  until: Schema.Finite,
  ttl: Schema.Finite,
  auto: Schema.Boolean
})
export type Waiting = typeof Waiting.Type

/** A request in its line, with the names of those it waits for. */
export const InLine = Schema.Struct({ ...Waiting.fields, behind: Schema.Array(Schema.String) })
export type InLine = typeof InLine.Type

/** What a session's card shows of its leases. */
export const HeldLease = Schema.Struct({
  ticket: Ticket,
  ...Scope.fields,
  reason: Schema.String,
  fence: Fence,
  since: Schema.Finite
})
export type HeldLease = typeof HeldLease.Type
