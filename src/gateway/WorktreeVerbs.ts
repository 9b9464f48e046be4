/** Verbs about git worktrees, and the spawn of an agent in one of its own. */
import { Duration, Effect, Option, PubSub } from "effect"
import { ref } from "../actors/ActorRef.ts"
import { Worktrees } from "../actors/worktrees/Worktrees.ts"
import { Directory } from "../broker/Directory.ts"
import { type HostId, makeSessionId, SessionName } from "../domain/Ids.ts"
import { isLive } from "../domain/Session.ts"
import { makeWorktreeId, type Worktree, type WorktreeId } from "../domain/Worktree.ts"
import { Git, type GitError } from "../git/Git.ts"
import { type Input, type Output, Refusal } from "./Api.ts"
import type { Caller } from "./Caller.ts"
import { Feed } from "./Feed.ts"
import * as Sessions from "./SessionVerbs.ts"

const ofHost = (host: HostId) => ref(Worktrees, host, host)

/** How long a verb waits for git; what is under way goes on. */
const PATIENCE = Duration.seconds(90)
/** The actor is asked at least so often, in case a fact was missed. */
const LOOK = Duration.seconds(2)
/** A listing does not wait longer for git. */
const COUNTING = Duration.seconds(3)

const UNDER_WAY: ReadonlySet<Worktree["phase"]> = new Set(["adding", "removing", "restoring"])

const gitRefusal = (error: GitError): Refusal =>
  new Refusal({ code: error.refused ? "wrong-state" : "unavailable", message: error.problem, hint: error.fix })

/** Asks, and waits until what was asked for has come about or has failed. */
const settled = <E, R>(host: HostId, id: WorktreeId, asking: Effect.Effect<unknown, E, R>) =>
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
      if (last !== undefined && !UNDER_WAY.has(last.phase)) return last
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

const failed = (worktree: Worktree, wish: string) =>
  new Refusal({
    code: "wrong-state",
    message: worktree.problem ?? `the worktree ${worktree.path} could not be ${wish}`,
    hint: "sm worktree list shows how it stands"
  })

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

export const list = ({ changes }: Input<"worktrees">, host: HostId) =>
  Effect.gen(function* () {
    const git = yield* Git
    const cards = (yield* (yield* Directory).all).filter((card) => card.host === host && isLive(card.state))
    const found = yield* ofHost(host).ask("Describe", {})
    const count = ({ path, phase }: Worktree) =>
      changes === true && phase === "ready"
        ? git.look(path).pipe(
            Effect.timeoutOption(COUNTING),
            Effect.map(Option.map((look) => look.changes.length)),
            // A listing says what is known.
            Effect.orElseSucceed(() => Option.none<number>()),
            Effect.map(Option.getOrNull)
          )
        : Effect.succeed(null)
    return yield* Effect.forEach(
      found,
      (worktree) =>
        Effect.map(count(worktree), (dirty) => ({
          ...worktree,
          living: cards.find((card) => card.worktree === worktree.path)?.name ?? null,
          changes: dirty
        })),
      { concurrency: 4 }
    )
  })

/** The one that is meant: of several of a branch or a name the one that is there, or the newest. */
const which = (word: string, host: HostId) =>
  Effect.gen(function* () {
    const all = (yield* ofHost(host).ask("Describe", {})).toReversed()
    const path = word.replace(/\/+$/u, "")
    const found =
      all.find(({ id }) => id === word) ??
      all.find((worktree) => worktree.path === path) ??
      best(all.filter(({ branch }) => branch === word)) ??
      best(all.filter(({ sessionName, session }) => sessionName === word || session === word))
    if (found === undefined)
      return yield* new Refusal({
        code: "not-found",
        message: `there is no worktree ${word} that sm has made`,
        hint: "sm worktree list shows them; git worktree list shows all of a repository"
      })
    return found instanceof Refusal ? yield* found : found
  })

const best = (fitting: ReadonlyArray<Worktree>): Worktree | Refusal | undefined => {
  const there = fitting.filter(({ phase }) => phase !== "kept")
  const some = there.length > 0 ? there : fitting
  if (some.length < 2) return some[0]
  return new Refusal({
    code: "ambiguous",
    message: `several worktrees are called that: ${some.map(({ id, name, path }) => `${id} (${name}, ${path})`).join(", ")}`,
    hint: "give the id"
  })
}

/** An agent rules over its own worktree and those of its children, and forces nothing; a person over all. */
const mayRule = (caller: Caller, worktree: Worktree, verb: string, force: boolean) =>
  Effect.gen(function* () {
    const { card } = caller
    if (card === undefined) return
    const owner = Option.getOrUndefined(yield* (yield* Directory).find(worktree.session))
    if (force || (worktree.session !== card.id && owner?.parentId !== card.id))
      return yield* new Refusal({
        code: "not-allowed",
        message: force
          ? "only a person may force a worktree's removal"
          : `only ${worktree.sessionName}, its parent and a person may ${verb} the worktree of ${worktree.branch}`,
        hint: "ask the person at the keyboard"
      })
  })

export const remove = ({ force = false, worktree }: Input<"removeWorktree">, caller: Caller, host: HostId) =>
  Effect.gen(function* () {
    const target = yield* which(worktree, host)
    yield* mayRule(caller, target, "remove", force)
    const after = yield* settled(host, target.id, ofHost(host).ask("Remove", { id: target.id, force }))
    if (after.phase === "gone" || (after.phase === "kept" && target.phase !== "kept"))
      return after satisfies Output<"removeWorktree">
    return yield* failed(after, "removed")
  })

export const restore = ({ branch, worktree }: Input<"restoreWorktree">, caller: Caller, host: HostId) =>
  Effect.gen(function* () {
    const target = yield* which(worktree, host)
    yield* mayRule(caller, target, "restore", false)
    const order = { id: target.id, branch: branch ?? null }
    const after = yield* settled(host, target.id, ofHost(host).ask("Restore", order))
    return after.phase === "ready" ? after : yield* failed(after, "brought back")
  })

/** What the doctor says. */
export const health = (host: HostId) =>
  Effect.gen(function* () {
    const found = yield* list({}, host)
    const stuck = found.filter(({ problem }) => problem !== null)
    const left = found.filter(({ living, phase }) => phase === "ready" && living === null)
    const kept = found.filter(({ phase }) => phase === "kept")
    const detail = `${found.length - kept.length} there, ${left.length} of them without a session; ${kept.length} kept in a bundle`
    return stuck.length === 0
      ? { name: "worktrees", state: "ok" as const, detail, fix: "" }
      : {
          name: "worktrees",
          state: "warn" as const,
          detail: `${detail}; ${stuck.map(({ branch, problem }) => `${branch}: ${problem}`).join("; ")}`,
          fix: "sm worktree list"
        }
  }).pipe(
    Effect.timeoutOrElse({
      duration: COUNTING,
      orElse: () =>
        Effect.succeed({
          name: "worktrees",
          state: "warn" as const,
          detail: "they do not say how they are",
          fix: "sm dead-letters; the log has the whole story"
        })
    })
  )
