/** Pure: while a session works, whoever it is enrolled with is woken now and then and told how that goes. */
import { span } from "../../domain/Span.ts"
import { alarm } from "./Alarm.ts"
import { isAtWork, type Move, stay } from "./Move.ts"
import { notice } from "./Notices.ts"
import type { Reflex } from "./Reflex.ts"
import type { State } from "./State.ts"

type Enrolled = NonNullable<State["enrolled"]>
type Work = NonNullable<Enrolled["work"]>

/** Tool actions that a digest shows, and characters of each. */
const SHOWN = 5
const WIDTH = 100

const dueOf = ({ enrolled }: State): number | undefined => enrolled?.work?.due ?? undefined

/** What changes when there is progress: what the agent says, and what it does. */
const progress = ({ actions, status }: State): string => {
  const last = actions.at(-1)
  return JSON.stringify([status, last?.at, last?.tool, last?.took])
}

const oneLine = (text: string): string => text.replaceAll(/\s+/gu, " ").trim().slice(0, WIDTH)

const doing = ({ actions }: State, now: number): ReadonlyArray<string> =>
  actions
    .slice(-SHOWN)
    .map(({ at, detail, failed, took, tool }) =>
      oneLine(
        `${span(now - at)} ago${took === null ? ", still running" : ""}: ${failed ? "(failed) " : ""}${tool} ${detail}`
      )
    )

const PHASES: Partial<Record<State["phase"], string>> = {
  compacting: "compacting its context",
  unknown: "not known what it does",
  "waiting-permission": "waiting for a permission"
}

const digestOf = (state: State, work: Work, now: number): string => {
  const { actions, detail, id, name, phase, status, task } = state
  const stuck = work.seen === progress(state)
  const now_ = PHASES[phase]
  const lines = doing(state, now)
  return [
    `[sm dispatch] Child update: ${name} (${id})${stuck ? " NO PROGRESS" : ""}`,
    ...(task === null ? [] : [`Task: ${oneLine(task)}`]),
    `Duration: ${span(now - work.since)}${now_ === undefined ? "" : `, ${now_}${detail === "" ? "" : `: ${oneLine(detail)}`}`}`,
    status === null ? "Status: none" : `Status: "${status.text}" (${span(now - status.at)} ago)`,
    ...(actions.length === 0 ? ["Tools: none"] : ["Tools:", ...lines.map((line) => `  ${line}`)]),
    ...(stuck
      ? [
          `Neither status nor tools have changed since the last look. sm output ${name} shows its screen; sm send ${name} --urgent "…" interrupts it.`
        ]
      : [])
  ].join("\n")
}

const due = (state: State, enrolled: Enrolled, work: Work, now: number): Move => {
  if (work.due === null || work.due > now) return stay({ ...state, enrolled: { ...enrolled, work } })
  const text = digestOf(state, work, now)
  const next = { ...work, due: now + enrolled.every, seen: progress(state) }
  return {
    state: { ...state, enrolled: { ...enrolled, work: next } },
    // An unread one gives way: only how it stands now matters.
    out: notice(state, enrolled.by, { about: "digest", at: now, text, more: { key: `digest:${state.id}` } })
  }
}

export const digesting: Reflex = (before, after, now) => {
  const { enrolled } = after
  const move =
    enrolled === null || !isAtWork(after)
      ? stay(enrolled === null || enrolled.work === null ? after : { ...after, enrolled: { ...enrolled, work: null } })
      : due(after, enrolled, enrolled.work ?? { since: now, due: now + enrolled.every, seen: null }, now)
  return { state: move.state, out: [...move.out, ...alarm("digest", dueOf(before), dueOf(move.state))] }
}
