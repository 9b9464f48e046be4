/** The worktrees' definition: one per host, its key is the host. It makes, keeps, removes and brings back. */
import { Schema } from "effect"
import { HostId, SessionId } from "../../domain/Ids.ts"
import { Kept, Site, Worktree, WorktreeId } from "../../domain/Worktree.ts"
import * as Actor from "../Actor.ts"
import { NotNow } from "../session/Session.ts"

export const Entry = Schema.Struct({
  worktree: Worktree,
  /** Making it has begun: what is found half done is ours. */
  begun: Schema.Boolean,
  /** While it is removed: its work is kept now, and the worktree goes. */
  dropping: Schema.Boolean,
  /** How often its files changed while they were kept. */
  restless: Schema.Int,
  /** A person wants it removed whoever works in it. */
  force: Schema.Boolean,
  /** What was kept of it before and is not needed any more. */
  sweep: Schema.NullOr(Kept)
})
export type Entry = typeof Entry.Type

/** A turn that is over: the worktrees it worked in are looked at. */
export const Turn = Schema.Struct({
  session: SessionId,
  epoch: Schema.Int,
  directories: Schema.Array(Schema.String),
  /** Unix ms. */
  at: Schema.Finite
})
export type Turn = typeof Turn.Type

export const State = Schema.Struct({
  entries: Schema.Array(Entry),
  turns: Schema.Array(Turn),
  /** What each session was told last of a worktree's files: the same is not told again. */
  told: Schema.Array(Schema.Struct({ session: SessionId, root: Schema.String, digest: Schema.String }))
})
export type State = typeof State.Type

const One = Schema.Struct({ id: WorktreeId })
const Problem = Schema.Struct({ id: WorktreeId, problem: Schema.String })

export const Worktrees = Actor.make({
  kind: "worktrees",
  version: 1,
  state: State,
  messages: {
    /** Makes one, for a session that is to be spawned in it. The same id is the same worktree. */
    Add: Actor.message({
      payload: Schema.Struct({
        id: WorktreeId,
        host: HostId,
        ...Site.fields,
        session: SessionId,
        sessionName: Schema.String
      }),
      success: Worktree,
      failure: NotNow
    }),
    /** Keeps what it has, then removes it. `force`: also while somebody works in it; what is kept already is forgotten. */
    Remove: Actor.message({
      payload: Schema.Struct({ id: WorktreeId, force: Schema.Boolean }),
      success: Worktree,
      failure: NotNow
    }),
    /** Brings back what was kept; on another branch, if one is named. */
    Restore: Actor.message({
      payload: Schema.Struct({ id: WorktreeId, branch: Schema.NullOr(Schema.String) }),
      success: Worktree,
      failure: NotNow
    }),
    Describe: Actor.message({
      payload: Schema.Struct({}),
      success: Schema.Array(Worktree),
      failure: Schema.Never,
      lane: "control"
    }),
    /** From a session that works in a worktree. */
    TurnOver: Actor.message({ payload: Turn }),

    // Reports of the actor's own reactor.
    Began: Actor.message({ payload: One }),
    Made: Actor.message({ payload: One }),
    /** It could not be made. */
    Failed: Actor.message({ payload: Problem }),
    /** Its work is kept, or it has none that is nowhere else. */
    Settled: Actor.message({ payload: Schema.Struct({ id: WorktreeId, kept: Schema.NullOr(Kept) }) }),
    /** It stays as it is. */
    Refused: Actor.message({ payload: Problem }),
    /** Its files have changed since they were kept. */
    Changed: Actor.message({ payload: One }),
    Dropped: Actor.message({ payload: One }),
    /** Tried again. */
    Stumbled: Actor.message({ payload: Problem }),
    Swept: Actor.message({ payload: One }),
    Looked: Actor.message({
      payload: Schema.Struct({
        turn: Turn,
        looks: Schema.Array(
          Schema.Struct({
            root: Schema.String,
            branch: Schema.NullOr(Schema.String),
            changes: Schema.Array(Schema.String),
            count: Schema.Int,
            digest: Schema.String
          })
        )
      })
    })
  }
})
