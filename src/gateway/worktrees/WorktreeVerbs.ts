/** Verbs about the git worktrees of a host. */
import { Duration, Effect, Option } from "effect"
import { Directory } from "../../broker/Directory.ts"
import type { HostId } from "../../domain/Ids.ts"
import { isLive } from "../../domain/Session.ts"
import type { Worktree } from "../../domain/Worktree.ts"
import { Git } from "../../git/Git.ts"
import { type Input, type Output, Refusal } from "../Api.ts"
import type { Caller } from "../Caller.ts"
import { failed, ofHost, settled } from "./WorktreeWait.ts"

/** A listing does not wait longer for git. */
const COUNTING = Duration.seconds(3)

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
    const asking = ofHost(host).ask("Remove", { id: target.id, force })
    const after =
      target.phase === "kept"
        ? yield* settled(host, target.id, asking, ({ phase, problem }) => phase === "gone" || problem !== null)
        : yield* settled(host, target.id, asking)
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
