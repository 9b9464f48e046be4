/** Waiting for git: a verb answers when what it asked of the worktrees' actor has come about, or has failed. */
import { Duration, Effect, Option, PubSub } from "effect"
import { ref } from "../../actors/ActorRef.ts"
import { Worktrees } from "../../actors/worktrees/Worktrees.ts"
import type { HostId } from "../../domain/Ids.ts"
import type { Worktree, WorktreeId } from "../../domain/Worktree.ts"
import { Refusal } from "../Api.ts"
import { Feed } from "../Feed.ts"

export const ofHost = (host: HostId) => ref(Worktrees, host, host)

/** How long a verb waits for git; what is under way goes on. */
const PATIENCE = Duration.seconds(90)
/** The actor is asked at least so often, in case a fact was missed. */
const LOOK = Duration.seconds(2)
const UNDER_WAY: ReadonlySet<Worktree["phase"]> = new Set(["adding", "removing", "restoring"])

/** At rest, or in trouble: then it is tried again, and nobody waits for that. */
const rests = ({ phase, problem }: Worktree): boolean => problem !== null || !UNDER_WAY.has(phase)

/** Asks, and waits until what was asked for has come about or has failed. */
export const settled = <E, R>(
  host: HostId,
  id: WorktreeId,
  asking: Effect.Effect<unknown, E, R>,
  over: (worktree: Worktree) => boolean = rests
) =>
  Effect.gen(function* () {
    const feed = yield* Feed
    const news = yield* feed.subscribe
    yield* asking
    let last: Worktree | undefined
    while (true) {
      const told = yield* Effect.timeoutOption(PubSub.take(news), LOOK)
      if (Option.isSome(told)) {
        const { event } = told.value
        if (event._tag !== "WorktreeMoved" || event.id !== id) continue
        last = event.worktree
      } else {
        const found = (yield* ofHost(host).ask("Describe", {})).find((worktree) => worktree.id === id)
        last = found ?? (last === undefined ? undefined : { ...last, phase: "gone" })
      }
      if (last !== undefined && over(last)) return last
    }
  }).pipe(
    Effect.scoped,
    Effect.timeoutOrElse({
      duration: PATIENCE,
      orElse: () =>
        Effect.fail(
          new Refusal({
            code: "timeout",
            message: `git is not done with the worktree ${id} yet; it goes on`,
            hint: "sm worktree list shows when it is"
          })
        )
    })
  )

export const failed = (worktree: Worktree, wish: string) =>
  new Refusal({
    code: "wrong-state",
    message: worktree.problem ?? `the worktree ${worktree.path} could not be ${wish}`,
    hint: "sm worktree list shows how it stands"
  })
