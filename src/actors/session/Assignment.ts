/** Pure: the task that a letter brought. While the agent works on it, it is reminded to say how that goes. */
import type { Letter } from "../../domain/Letter.ts"
import { span } from "../../domain/Span.ts"
import { alarm } from "./Alarm.ts"
import { andThen, held, idOf, isAtWork, type Move, stay, tellWorld } from "./Move.ts"
import { notice } from "./Notices.ts"
import type { Reflex } from "./Reflex.ts"
import type { State } from "./State.ts"

type Assignment = NonNullable<State["assignment"]>

const HOW = 'sm status "<what you are doing>"'

/** A reminder speaks of one cycle: once that is over it is void. */
const keyOf = ({ cycle, letter }: Assignment): string => `nudge:${letter}:${cycle}`

/** Why a waiting letter means nothing any more; none when it does. */
export const outlived = (state: State, { from, key }: Letter): string | undefined => {
  if (from.kind !== "system" || key?.startsWith("nudge:") !== true) return undefined
  if (state.assignment === null) return "void: the task it speaks of is over"
  return key === keyOf(state.assignment) ? undefined : "void: the agent has said how it goes, or is asked anew"
}

const dueOf = (assignment: Assignment | null): number | undefined =>
  assignment === null ? undefined : assignment.cycle + (assignment.nudges === 0 ? assignment.soft : assignment.hard)

/** The task that the agent has just got; one that does not confirm what it takes has it once it is typed. */
const arrived = (before: State, after: State): Letter | undefined => {
  const known = new Set(before.carried.map(({ id }) => id))
  const carried = after.carried.find(({ id, order }) => order !== undefined && !known.has(id))
  if (carried !== undefined) return carried
  const kept = new Set(held(after).map(({ id }) => id))
  const typed = ({ id }: Letter) => after.seen.some(([seen, status]) => seen === id && status === "injected")
  return before.typing?.letters.find((letter) => letter.order !== undefined && !kept.has(letter.id) && typed(letter))
}

const arm = (state: State, { from, id, order }: Letter, now: number): Move => {
  if (order === undefined) return stay(state)
  const { role, soft, task, wake } = order
  // An EM is told of its children anyway.
  const dispatcher = from.kind === "session" && from.id !== state.id
  const enrolled =
    dispatcher && (state.enrolled === null || state.enrolled.task)
      ? { by: from, every: wake ?? soft, task: true, work: state.enrolled?.work ?? null }
      : state.enrolled
  const assignment = { ...order, letter: id, by: from, since: now, cycle: now, nudges: 0 }
  const armed: State = { ...state, role, task, status: null, completed: null, assignment, enrolled }
  return tellWorld(armed, { _tag: "TaskSet", id: idOf(state), task, role })
}

/** The turn that carried the task is over, or that of an agent which does not confirm what its turn carries. */
const over = (before: State, after: State): boolean => {
  const letter = after.assignment?.letter
  if (letter === undefined || after.carried.some(({ id }) => id === letter)) return false
  return before.carried.some(({ id }) => id === letter) || (isAtWork(before) && !isAtWork(after))
}

const reminder = (state: State, assignment: Assignment, hard: boolean, now: number): Move => {
  const silence = span(now - Math.max(assignment.since, state.status?.at ?? 0))
  const text = hard
    ? `[sm remind] STATUS OVERDUE: not a word of you for ${silence}. Before anything else run: ${HOW}. Is the task done? Then: sm task-complete "<result>"`
    : `[sm remind] Update your status: ${HOW}`
  const about = `${hard ? "overdue" : "status"} ${assignment.letter}`
  const more = { epoch: state.epoch, key: keyOf(assignment) }
  const self = { kind: "session", id: idOf(state), name: state.name } as const
  return {
    state: { ...state, assignment },
    out: notice(state, self, { about, at: now, text, mode: "important", more })
  }
}

/** What is due. Nothing is asked of an agent that cannot answer now: then the cycle begins anew. */
const remind = (state: State, now: number): Move => {
  const { assignment } = state
  const due = dueOf(assignment)
  if (assignment === null || due === undefined || due > now) return stay(state)
  const anew = { ...assignment, cycle: now, nudges: 0 }
  if (state.phase !== "working" || state.limited !== null) return stay({ ...state, assignment: anew })
  return assignment.nudges === 0
    ? reminder(state, { ...assignment, nudges: 1 }, false, now)
    : reminder(state, anew, true, now)
}

/** An agent that had to compact its context had no time to speak. */
const compacted = (before: State, after: State, now: number): State =>
  after.assignment !== null && before.phase === "compacting" && after.phase !== "compacting"
    ? { ...after, assignment: { ...after.assignment, cycle: now, nudges: 0 } }
    : after

/** Who is told only because of the task is told no more when that is over. */
const released = (state: State): State =>
  state.assignment === null && state.enrolled?.task === true ? { ...state, enrolled: null } : state

export const assigning: Reflex = (before, after, now) => {
  const order = arrived(before, after)
  const ended = over(before, after) ? { ...after, assignment: null } : after
  const armed = order === undefined ? stay(ended) : arm(ended, order, now)
  return andThen(
    andThen(armed, (state) => remind(compacted(before, state, now), now)),
    (state) => ({ state: released(state), out: alarm("assignment", dueOf(before.assignment), dueOf(state.assignment)) })
  )
}
