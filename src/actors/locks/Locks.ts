/** The lock manager's definition: one in the swarm (`locks.main`), leases in order of asking. */
import { Schema } from "effect"
import { HostId, SessionId } from "../../domain/Ids.ts"
import { Fence, Holder, Lease, InLine, Scope, Ticket, Waiting } from "../../domain/Lock.ts"
import * as Actor from "../Actor.ts"

export const State = Schema.Struct({
  /** The last one given. */
  fence: Fence,
  leases: Schema.Array(Lease),
  /** In order of asking. */
  waiting: Schema.Array(Waiting),
  /** Tickets that came to their end, newest last, and how: asked again they are answered the same. */
  ended: Schema.Array(Schema.Struct({ ticket: Ticket, why: Schema.String })),
  /** What the timer is set for, Unix ms: no later than whatever ends next. */
  due: Schema.NullOr(Schema.Finite)
})
export type State = typeof State.Type

/** How it stands with a ticket. */
export const Standing = Schema.TaggedUnion({
  Granted: { lease: Lease },
  /** `behind`: whose leases, and whose earlier requests, it waits for. */
  Waits: { ticket: Ticket, behind: Schema.Array(Schema.Union([Lease, Waiting])) },
  /** Given up, released, expired, or never asked. */
  Over: { why: Schema.String }
})
export type Standing = typeof Standing.Type

/** Waiting would never end: each of these waits for the next, and the last for the first. The youngest request is refused. */
export class Deadlock extends Schema.TaggedError<Deadlock>()("Deadlock", { cycle: Schema.Array(Schema.String) }) {
  override get message() {
    return `waiting would never end: ${this.cycle.join(" waits for ")}`
  }
}

/** Someone else has it, and the asker does not wait. */
export class LockHeld extends Schema.TaggedError<LockHeld>()("LockHeld", {
  by: Schema.Array(Schema.Union([Lease, Waiting]))
}) {
  override get message() {
    return "it is held by another"
  }
}

/** Not yours to release. */
export class NotHolder extends Schema.TaggedError<NotHolder>()("NotHolder", { by: Schema.Array(Lease) }) {
  override get message() {
    return "only its holder may release it, or a person with force"
  }
}

export const Locks = Actor.make({
  kind: "locks",
  version: 1,
  state: State,
  messages: {
    /**
     * Takes, renews or waits for a lease. The same ticket is the same request; a holder that has a lease over all of the
     * scope already has that one renewed. `wait`, ms: 0 is refused when another holds it. `narrow`: a path to be content
     * with where only leases on other paths stand against the whole workspace.
     */
    Acquire: Actor.message({
      payload: Schema.Struct({
        ticket: Ticket,
        ...Scope.fields,
        narrow: Schema.NullOr(Schema.NonEmptyString),
        holder: Holder,
        reason: Schema.String,
        ttl: Schema.Finite,
        wait: Schema.Finite,
        auto: Schema.Boolean,
        /** When the asker began to ask, Unix ms: a turn that ended later ends the lease. */
        at: Schema.Finite
      }),
      success: Standing,
      failure: Schema.Union([Deadlock, LockHeld]),
      lane: "control"
    }),
    /** Gives up waiting. Answers how it stands: it may have been granted meanwhile. */
    GiveUp: Actor.message({
      payload: Schema.Struct({ ticket: Ticket, why: Schema.String }),
      success: Standing,
      failure: Schema.Never,
      lane: "control"
    }),
    /** Ends leases of a holder in a workspace (`path`: those that this glob meets), or of anybody with `force`. */
    Release: Actor.message({
      payload: Schema.Struct({ ...Scope.fields, holder: Holder, force: Schema.Boolean, why: Schema.String }),
      success: Schema.Array(Lease),
      failure: NotHolder,
      lane: "control"
    }),
    /** Its turn, its context or itself is over: whatever it holds or waits for ends, of every epoch up to `epoch`. */
    SessionOver: Actor.message({
      payload: Schema.Struct({
        id: SessionId,
        epoch: Schema.Int,
        /** When that was, Unix ms: what it asked for later in this epoch stays. */
        before: Schema.Finite,
        why: Schema.String
      }),
      lane: "control"
    }),
    /** The same of a guest. */
    GuestOver: Actor.message({
      payload: Schema.Struct({ id: Schema.NonEmptyString, why: Schema.String }),
      lane: "control"
    }),
    /** One more term for everything the session holds. */
    Renew: Actor.message({
      payload: Schema.Struct({ id: SessionId, host: HostId, epoch: Schema.Int }),
      lane: "control"
    }),
    /** Who has what, and who waits for whom. */
    Describe: Actor.message({
      payload: Schema.Struct({}),
      success: Schema.Struct({ leases: Schema.Array(Lease), waiting: Schema.Array(InLine) }),
      failure: Schema.Never,
      lane: "control"
    }),
    /** The broker's timer: looks at whose time has run out. `at`: when it was due. */
    Tick: Actor.message({ payload: Schema.Struct({ at: Schema.Finite }), lane: "control" })
  }
})
