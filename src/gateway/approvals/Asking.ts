/** What an agent's hook asks leave for: recorded before anything else, and the answer that it waits for. */
import { Clock, Duration, Effect, Option, PubSub } from "effect"
import { ref } from "../../actors/ActorRef.ts"
import { SWARM } from "../../actors/ActorSystem.ts"
import { Approvals } from "../../actors/approvals/Approvals.ts"
import type { AgentAdapter } from "../../agents/Agent.ts"
import type { Say } from "../../agents/Door.ts"
import { Roster } from "../../agents/Roster.ts"
import { type Approval, approvalIdOf } from "../../domain/Approval.ts"
import { ApprovalRules, type WrittenRule } from "../../domain/ApprovalPolicy.ts"
import { type ApprovalRule, ruleText, ruling } from "../../domain/ApprovalRule.ts"
import type { SessionCard } from "../../domain/Session.ts"
import { type Input, type Output, Refusal } from "../Api.ts"
import { type Caller, find } from "../Caller.ts"
import { Terminal } from "../../terminal/Terminal.ts"
import { Feed } from "../Feed.ts"
import { Repository } from "../Repository.ts"

export const approvals = ref(Approvals, SWARM, "main")

/** A rule of config.yaml; its repository is one of this host. */
export const configured = (written: WrittenRule, host: SessionCard["host"]) =>
  Effect.gen(function* () {
    const repository = yield* Repository
    const { allow, deny, repo, role, tool } = written
    const rule: ApprovalRule = {
      effect: allow === undefined ? "deny" : "allow",
      tool,
      glob: allow ?? deny ?? "",
      repo: repo === undefined ? null : { host, root: (yield* repository.of(repo)).root },
      role: role ?? null,
      until: null
    }
    return rule
  })

/** Most characters of a tool's name and of a path that are kept: a report may say anything. */
const LONGEST = { tool: 200, path: 1000 }

/** The same report of the same session, told again; nobody speaks for another. */
const ownOf = (kept: Approval, card: SessionCard) =>
  kept.session === card.id
    ? Effect.succeed(kept)
    : Effect.fail(
        new Refusal({
          code: "not-allowed",
          message: `report ${kept.id} is another session's`,
          hint: "each report has an id of its own"
        })
      )

/**
 * Keeps what this report asks for; none where it asks nothing. Where the keeper does not answer in time the question is
 * stored all the same.
 */
export const asking = (card: SessionCard, adapter: AgentAdapter, { at, event, id, payload }: Input<"signal">) =>
  Effect.gen(function* () {
    const ask = adapter.asking?.read(event, payload)
    if (ask === undefined) return undefined
    const repository = yield* Repository
    const { detail, kind, subject } = ask
    const told = ask.workingDir ?? card.workingDir
    const workingDir = told.length > LONGEST.path ? card.workingDir : told
    const now = yield* Clock.currentTimeMillis
    const approval: Approval = {
      id: approvalIdOf(id),
      session: card.id,
      host: card.host,
      name: card.name,
      role: card.role,
      from: "hook",
      kind,
      tool: ask.tool.slice(0, LONGEST.tool),
      detail,
      subject: told === workingDir ? subject : null,
      workingDir,
      repo: (yield* repository.of(workingDir)).root,
      // The reporter's clock may be anywhere, and reminders are counted from here.
      at: Math.max(0, Math.min(at, now)),
      escalations: 0,
      outcome: null
    }
    const { rules } = yield* ApprovalRules
    const own = yield* Effect.forEach(rules, (rule) => configured(rule, card.host))
    const rule = ruling(own, approval, now)
    const verdict =
      rule === undefined ? null : { allow: rule.effect === "allow", by: `config.yaml (${ruleText(rule)})` }
    // Under an id of its own each time: mail that the broker has had before is answered by nobody.
    const kept = yield* approvals
      .ask("Ask", { approval, verdict }, { timeout: "5 seconds" })
      .pipe(Effect.catchTag("AskTimeout", () => Effect.succeed(approval)))
    return yield* ownOf(kept, card)
  })

/** What the waiting hook says to its agent; none where the dialog is left to itself. */
const sayOf = ({ outcome }: Approval): Say | undefined => {
  if (outcome?.what === "allowed") return { permission: { allow: true } }
  if (outcome?.what !== "denied") return undefined
  const who = outcome.by === "human" ? "the person" : outcome.by
  return {
    permission: {
      allow: false,
      message: outcome.reason === null ? `Denied by ${who}.` : `Denied by ${who}: ${outcome.reason}`
    }
  }
}

/** Printed by the hook; none while there is nothing to say. */
export const answerTo = (adapter: AgentAdapter, event: string, approval: Approval): string | null => {
  const say = sayOf(approval)
  return (say === undefined ? undefined : adapter.answer?.(event, say)) ?? null
}

/** Somebody is attached to the session's pane. */
const watched = (session: Approval["session"]) =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    const found = (yield* terminal.list).find(({ sessionId }) => sessionId === session)
    return found !== undefined && (yield* terminal.screen(found.pane)).watched === true
  }).pipe(Effect.orElseSucceed(() => false))

/** Ms between two looks whether somebody waits for a dialog. */
const LOOK = 1000

/** An agent that shows its dialog only when the hook has ended must show it to whoever looks, and to anybody after `hold`. */
const released = (adapter: AgentAdapter | undefined, { at, session }: Approval, now: number) =>
  Effect.gen(function* () {
    if (adapter?.asking?.dialog !== "after") return false
    const { hold } = yield* ApprovalRules
    return now >= at + hold * 1000 || (yield* watched(session))
  })

export const awaitAnswer = ({ event, report, session, timeoutMs }: Input<"awaitAnswer">, caller: Caller) =>
  Effect.gen(function* () {
    const feed = yield* Feed
    const roster = yield* Roster
    const card = caller.card ?? (session === undefined ? undefined : yield* find(session, caller))
    const id = approvalIdOf(report)
    const news = yield* feed.subscribe
    const until = (yield* Clock.currentTimeMillis) + timeoutMs
    const adapter = Option.getOrUndefined(yield* roster.find(card?.provider ?? ""))
    let found = yield* approvals.ask("Find", { id })
    const waiting: Output<"awaitAnswer"> = { say: null, over: false }
    for (;;) {
      const now = yield* Clock.currentTimeMillis
      // Somebody else's question is none of the caller's business.
      if (found !== null && found.session === card?.id) {
        if (found.outcome !== null)
          return { say: adapter === undefined ? null : answerTo(adapter, event, found), over: true }
        if (yield* released(adapter, found, now)) return { say: null, over: true }
      }
      if (now >= until) return waiting
      const looks = adapter?.asking?.dialog === "after" ? LOOK : Infinity
      const told = yield* Effect.timeoutOption(answerOf(news, id), Duration.millis(Math.min(looks, until - now)))
      if (Option.isSome(told)) found = told.value
    }
  }).pipe(Effect.scoped)

/** The next that is heard of this one. */
const answerOf = (news: Effect.Success<Feed["Service"]["subscribe"]>, id: Approval["id"]) =>
  Effect.gen(function* () {
    for (;;) {
      const { event } = yield* PubSub.take(news)
      if ((event._tag === "ApprovalAnswered" || event._tag === "ApprovalAsked") && event.approval.id === id)
        return event.approval
    }
  })
