/** An agent in a worktree of its own: its start, and its going on there. */
import { Effect } from "effect"
import { type HostId, makeSessionId, SessionName } from "../../domain/Ids.ts"
import { makeWorktreeId } from "../../domain/Worktree.ts"
import { Git, type GitError } from "../../git/Git.ts"
import { type Input, Refusal } from "../Api.ts"
import { type Caller, find } from "../Caller.ts"
import * as Sessions from "../SessionVerbs.ts"
import { failed, ofHost, settled } from "./WorktreeWait.ts"

const gitRefusal = (error: GitError): Refusal =>
  new Refusal({ code: error.refused ? "wrong-state" : "unavailable", message: error.problem, hint: error.fix })

/** Makes the worktree, then starts the agent there; where that fails the worktree goes again. */
export const spawn = (input: Input<"spawn">, caller: Caller, host: HostId) =>
  Effect.gen(function* () {
    const git = yield* Git
    if (input.worktree === undefined)
      return yield* Sessions.spawn(input, caller, host, { worktree: yield* git.linked(input.cwd) })
    const session = yield* makeSessionId
    const name = input.name ?? SessionName.make(`${input.provider.slice(0, 24)}-${session.slice(0, 4)}`)
    yield* Sessions.checkSpawn(input.provider, name)
    const branch = input.worktree === true ? `sm/${name}` : input.worktree
    const { below, ...site } = yield* Effect.mapError(git.survey(input.cwd, branch), gitRefusal)
    const id = yield* makeWorktreeId
    const worktrees = ofHost(host)
    const made = yield* settled(host, id, worktrees.ask("Add", { id, host, ...site, session, sessionName: name }))
    if (made.phase !== "ready") return yield* failed(made, "made")
    // Where the shell stood, if that is there as well.
    const inside = `${made.path}/${below}`.replace(/\/+$/u, "")
    const cwd = (yield* git.occupied(inside)) ? inside : made.path
    return yield* Sessions.spawn({ ...input, name, cwd }, caller, host, { id: session, worktree: made.path }).pipe(
      Effect.tapError((error) =>
        // One that only takes its time will work there.
        error._tag === "Refusal" && error.code === "timeout"
          ? Effect.void
          : Effect.ignore(worktrees.tell("Remove", { id, force: false }))
      )
    )
  })

/** An ended session goes on, unless its worktree is gone. */
export const restoreSession = (input: Input<"restore">, caller: Caller, host: HostId) =>
  Effect.gen(function* () {
    const { host: at, name, worktree } = yield* find(input.session, caller)
    if (at === host && worktree !== null && !(yield* (yield* Git).occupied(worktree))) {
      const kept = (yield* ofHost(host).ask("Describe", {})).find(({ path }) => path === worktree)
      return yield* new Refusal({
        code: "wrong-state",
        message: `the worktree of ${name} is removed: ${worktree}`,
        hint: kept === undefined ? "spawn a new session" : `sm worktree restore ${kept.id} brings it back`
      })
    }
    return yield* Sessions.restore(input, caller)
  })
