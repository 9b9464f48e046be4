/** Pure: what a person should know of a session now, and what will be so if nothing changes until then. */
import type { NoticeKind, Severity } from "../../domain/Notice.ts"
import { isLive } from "../../domain/Session.ts"
import { span } from "../../domain/Span.ts"
import { called } from "./Notices.ts"
import type { State } from "./State.ts"
import type { Thresholds } from "./Vigilance.ts"

export interface Finding {
  /** The same for as long as it is the same thing. */
  readonly cause: string
  readonly kind: NoticeKind
  readonly severity: Severity
  readonly text: string
  /** It is not of this session alone: others have the same cause. */
  readonly common?: true
  /** Unix ms: it holds from then on, and until then, if nothing changes. */
  readonly from: number
  readonly until?: number
}

/** One thing that may be found. `now` is for the words only. */
type Look = (state: State, rules: Thresholds, now: number) => Finding | undefined

const SECOND = 1000
/** So many compactions, none more than so long, ms, after the one before, are a loop. */
const LOOP = 3
const APART = 600 * SECOND

const oneLine = (text: string): string => text.replaceAll(/\s+/gu, " ").trim().slice(0, 300)
const because = (detail: string): string => (oneLine(detail) === "" ? "" : `: ${oneLine(detail)}`)

/** After a turn; an agent that had none since it was started or cleared waits for whoever did that. */
const idle: Look = (state, { idle_timeout }, now) => {
  const { flying, id, limited, phase, queue, typing, vigil } = state
  if (phase !== "idle" || vigil.rested === null || limited !== null) return undefined
  if (queue.length > 0 || typing !== null || flying.length > 0) return undefined
  return {
    cause: `idle ${id} ${vigil.rested}`,
    kind: "idle",
    severity: "info",
    text: `${called(state)} has been idle for ${span(now - vigil.rested)}.`,
    from: vigil.rested + idle_timeout * SECOND
  }
}

/** Of several that are open one question for words is enough: `sm approve` would not end it. */
const asksForWords = ({ asking }: State): boolean =>
  asking.some(({ kind, outcome }) => kind === "question" && outcome === null)

const permission: Look = (state) =>
  state.phase === "waiting-permission"
    ? {
        cause: `permission ${state.id} ${state.since}`,
        kind: asksForWords(state) ? "question" : "permission",
        severity: "attention",
        text: `${called(state)} waits for an answer${because(state.detail)}.`,
        from: state.since
      }
    : undefined

const failed: Look = (state) => {
  const { id, limited, vigil } = state
  // The turn of a limit fails as well: that is told as the limit.
  if (vigil.failed === null || limited !== null || !isLive(state.phase)) return undefined
  return {
    cause: `error ${id} ${vigil.failed.at}`,
    kind: "error",
    severity: "problem",
    text: `The last turn of ${called(state)} failed${because(vigil.failed.reason)}. It does not try again by itself.`,
    from: vigil.failed.at
  }
}

/** Until a turn ends well; tries in between are of the same limit. */
const limited: Look = (state, _, now) => {
  const { id, limited: limit, limits, vigil } = state
  if (vigil.limit === null || (limit === null && limits === 0) || !isLive(state.phase)) return undefined
  const { at, until } = vigil.limit
  const when = until === null ? "it is tried again now and then" : `it resets in ${span(Math.max(0, until - now))}`
  return {
    cause: `limited ${id} ${at}${until === null ? "" : ` ${until}`}`,
    kind: "limited",
    severity: "attention",
    text: `${called(state)} met a usage limit${because(limit?.reason ?? "")}. Its turn is over and its messages wait; ${when}.`,
    from: at
  }
}

const full: Look = (state, rules) => {
  const { context, epoch, gauge, id, phase, vigil } = state
  if (context === null || context.used === vigil.compacted || !isLive(phase)) return undefined
  const { critical, warning } = gauge ?? rules
  if (context.percent < warning) return undefined
  const pressing = context.percent >= critical
  return {
    cause: `context ${id} ${epoch}.${vigil.compactions.at(-1) ?? 0}`,
    kind: "context",
    severity: pressing ? "attention" : "info",
    text: `${called(state)} has used ${Math.round(context.percent)}% of its context${pressing ? ": critical" : ""}.`,
    from: 0
  }
}

const compacting: Look = (state) => {
  const { id, phase, vigil } = state
  const last = vigil.compactions.at(-1)
  if (last === undefined || !isLive(phase)) return undefined
  const breaks = vigil.compactions.findLastIndex((at, place, all) => at - (all[place - 1] ?? -Infinity) > APART)
  const run = vigil.compactions.slice(Math.max(0, breaks))
  if (run.length < LOOP) return undefined
  return {
    cause: `context ${id} loop ${run[0]}`,
    kind: "context",
    severity: "problem",
    text: `${called(state)} compacts its context over and over: ${run.length} times within ${span(last - (run[0] ?? last))}.`,
    from: last,
    until: last + APART
  }
}

const doing = ({ actions }: State): string => {
  const last = actions.at(-1)
  if (last === undefined) return ""
  const still = last.took === null ? ", still running" : ""
  return `; its last tool: ${oneLine(`${last.tool} ${last.detail}`).slice(0, 100)}${still}`
}

/** Only of those who say what they do: others may be silent for as long as they work. */
const hung: Look = (state, { hung_after }, now) => {
  const { id, name, phase, since, vigil } = state
  if ((phase !== "working" && phase !== "compacting") || !vigil.reports || vigil.heard === null) return undefined
  const last = Math.max(vigil.heard, since)
  return {
    cause: `hung ${id} ${last}`,
    kind: "hung",
    severity: "attention",
    text: `${called(state)} is at work and has not said a word for ${span(now - last)}${doing(state)}. sm output ${name} shows its screen.`,
    from: last + hung_after * SECOND
  }
}

/** Also one that was started and does not become ready. */
const unknown: Look = (state) =>
  state.phase === "unknown"
    ? {
        cause: `unheard ${state.id} ${state.since}`,
        kind: "unheard",
        severity: "attention",
        text: `What ${called(state)} does is not known${because(state.detail)}. sm output ${state.name} shows its screen.`,
        from: state.since
      }
    : undefined

/** Its hooks are switched off, or do not reach us. */
const unheard: Look = (state, { unheard_after }) => {
  const { id, phase, vigil } = state
  if (!vigil.reports || vigil.heard !== null || vigil.worked === null || !isLive(phase)) return undefined
  return {
    cause: `unheard ${id} ${vigil.launched}`,
    kind: "unheard",
    severity: "problem",
    text: `${called(state)} works, but none of its hooks has reported: what is known of it comes from its screen alone. Are hooks switched off in the agent's own settings?`,
    from: vigil.worked + unheard_after * SECOND
  }
}

/** Whoever spawned it is told by the refusal, and it is not kept. */
const neverRan = ({ agentSessionId, recovery, vigil }: State): boolean =>
  recovery.death === "failed" && vigil.launched === 0 && agentSessionId === null

const crashed: Look = (state, { recover }, now) => {
  const { detail, id, name, phase, recovery, since } = state
  if (phase !== "crashed" || neverRan(state)) return undefined
  const { death, due, gaveUp, server, starts } = recovery
  if (death === "server" && server !== null) {
    return {
      cause: `terminal ${state.host} ${server}`,
      kind: "crashed",
      severity: "problem",
      text: `The terminal server of ${state.host} is gone, as after a reboot, and with it all agents that ran there. sm list shows what crashed; sm restore starts one again.`,
      common: true,
      from: since
    }
  }
  if (gaveUp !== null) {
    return {
      cause: `gave-up ${id} ${gaveUp}`,
      kind: "gave-up",
      severity: "critical",
      text: `${called(state)} crashed again after ${starts.length} new start${starts.length === 1 ? "" : "s"} within ${span(recover.within * SECOND)}, and stays as it is${because(detail)}. sm restore ${name} tries once more.`,
      from: gaveUp
    }
  }
  const then =
    due === null
      ? `sm restore ${name} starts it again`
      : `It is started again ${due > now ? `in ${span(due - now)}` : "at once"}`
  return {
    cause: `crashed ${id} ${since}`,
    kind: "crashed",
    severity: death === "ended" ? "attention" : "problem",
    text: `${called(state)} ${death === "ended" ? "has ended" : "crashed"}${because(detail)}. ${then}.`,
    from: since
  }
}

const recovered: Look = (state, { recover }) => {
  const { back, starts } = state.recovery
  if (back === null || !isLive(state.phase)) return undefined
  return {
    cause: `recovered ${state.id} ${back}`,
    kind: "recovered",
    severity: "info",
    text: `${called(state)} was started again after a crash, with its conversation (${starts.length} of ${recover.max} within ${span(recover.within * SECOND)}).`,
    from: back,
    until: back + recover.within * SECOND
  }
}

const looks: ReadonlyArray<Look> = [
  idle,
  permission,
  failed,
  limited,
  full,
  compacting,
  hung,
  unknown,
  unheard,
  crashed,
  recovered
]

export const findings = (state: State, rules: Thresholds, now: number): ReadonlyArray<Finding> =>
  looks.flatMap((look) => look(state, rules, now) ?? [])
