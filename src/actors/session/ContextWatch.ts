/** Pure: how full the context is, told once per cycle to the agent and to who watches over it; and that it was compacted. */
import type { Sender } from "../../domain/Message.ts"
import { idOf, type Move, stay, andThen } from "./Move.ts"
import { notice } from "./Notices.ts"
import { overseers } from "./Overseers.ts"
import { publish } from "../Out.ts"
import type { Reflex } from "./Reflex.ts"
import type { State } from "./State.ts"

type Gauge = NonNullable<State["gauge"]>
type Level = Exclude<Gauge["warned"], "none">

const RANK: Readonly<Record<Gauge["warned"], number>> = { none: 0, warning: 1, critical: 2 }

const thousands = (count: number): string => String(count).replaceAll(/\B(?=(\d{3})+$)/gu, ",")

const figures = ({ context }: State): string =>
  context === null ? "" : `${Math.round(context.percent)}% (${thousands(context.used)} tokens)`

const levelOf = ({ context }: State, { critical, warning }: Gauge): Gauge["warned"] => {
  if (context === null) return "none"
  return context.percent >= critical ? "critical" : context.percent >= warning ? "warning" : "none"
}

const own: Readonly<Record<Level, (state: State) => string>> = {
  warning: (state) =>
    `[sm context] Context at ${figures(state)}. Consider writing a handoff doc and running sm handoff <file>.`,
  critical: (state) =>
    `[sm context] Context at ${figures(state)} is critically high. Write your handoff doc NOW and run sm handoff <file>. Compaction is imminent.`
}

const foreign: Readonly<Record<Level, string>> = { warning: "", critical: ", critically high" }

/** To the agent, void once its context is cleared; the newer one takes the place of one that still waits. */
const warn = (state: State, gauge: Gauge, level: Level, now: number): Move => {
  const about = `context ${level} ${state.epoch}`
  const key = `context ${state.id}`
  const self: Sender = { kind: "session", id: idOf(state), name: state.name }
  const percent = state.context?.percent ?? 0
  const used = state.context?.used ?? 0
  const told = notice(state, self, {
    about,
    at: now,
    text: own[level](state),
    mode: level === "critical" ? "important" : "sequential",
    more: { epoch: state.epoch, key }
  })
  const others = overseers(state).flatMap((to) =>
    notice(state, to, {
      about,
      at: now,
      text: `[sm context] ${state.name} (${state.id}) is at ${figures(state)} of its context${foreign[level]}.`,
      more: { key }
    })
  )
  return {
    state: { ...state, gauge: { ...gauge, warned: level } },
    out: [publish({ _tag: "ContextWarned", id: idOf(state), level, percent, used }), ...told, ...others]
  }
}

/** A compaction is told whether or not the context is watched, and then to the parent too. */
const compactions: Reflex = (before, after, now) => {
  if (before.phase === "compacting" || after.phase !== "compacting") return stay(after)
  const to = overseers(after, "parent")
  const notices = to.flatMap((sender) =>
    notice(after, sender, {
      about: `compaction ${after.epoch}`,
      at: now,
      text: `[sm context] Compaction fired for ${after.name} (${after.id}): what it knew is now a summary. The agent is still running.`
    })
  )
  return { state: after, out: [publish({ _tag: "Compacted", id: idOf(after) }), ...notices] }
}

/** A cycle ends with what empties the context: what was said before it may be said again. */
const cycles: Reflex = (before, after) => {
  const compacted = before.phase === "compacting" && after.phase !== "compacting"
  const over = compacted || before.epoch !== after.epoch
  return stay(over && after.gauge !== null ? { ...after, gauge: { ...after.gauge, warned: "none" } } : after)
}

/** Only new figures count: the old ones come again after a compaction. */
const crossings: Reflex = (before, after, now) => {
  const { gauge } = after
  const news = before.context !== after.context || (before.gauge !== gauge && before.epoch === after.epoch)
  if (gauge === null || !news || before.phase === "compacting" || after.phase === "compacting") return stay(after)
  const level = levelOf(after, gauge)
  return level === "none" || RANK[level] <= RANK[gauge.warned] ? stay(after) : warn(after, gauge, level, now)
}

export const contextWatch: Reflex = (before, after, now) =>
  andThen(compactions(before, after, now), (one) =>
    andThen(cycles(before, one, now), (two) => crossings(before, two, now))
  )
