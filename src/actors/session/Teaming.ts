/** How a session takes its place in a team: what its agent says of itself and of its task, and who orchestrates. */
import { Effect, Option } from "effect"
import { Roster } from "../../agents/Roster.ts"
import type { Enrolment } from "../../domain/Enrolment.ts"
import type { Sender } from "../../domain/Message.ts"
import { forbidden, forbiddenToOthers } from "./Authority.ts"
import { turnOver } from "./Delivery.ts"
import { moved, type Some, unknown } from "./Handling.ts"
import { cardOf, idOf, isAtWork, type Move, stay, tellWorld } from "./Move.ts"
import { completion, notice } from "./Notices.ts"
import { parentOf } from "./Overseers.ts"
import { NotNow } from "./Session.ts"
import type { State } from "./State.ts"

/** An agent may do these of itself, its parent of its children, a person of all. */
const own = (state: State, by: Sender, verb: string) =>
  Effect.gen(function* () {
    if (state.spec === null) return yield* unknown(state)
    const no = forbiddenToOthers(state, by, verb)
    if (no !== undefined) return yield* no
  })

const watched = (state: State, { critical, warning }: Pick<Enrolment, "critical" | "warning">): State["gauge"] => ({
  warned: state.gauge?.warned ?? "none",
  warning,
  critical,
  notify: state.gauge?.notify ?? null
})

/** Under this EM from now on; a turn that runs already counts from when it was first counted. */
export const enrolled = (state: State, { to, every, ...thresholds }: Enrolment): State => ({
  ...state,
  gauge: watched(state, thresholds),
  enrolled: {
    by: to,
    every,
    task: false,
    work: state.enrolled?.by.id === to.id ? (state.enrolled?.work ?? null) : null
  }
})

/** No digest of this turn any more. */
const quiet = ({ enrolled: before }: State): State["enrolled"] =>
  before === null || before.work === null ? before : { ...before, work: { ...before.work, due: null } }

/** What names the task under way; none when there is none. */
const underWay = (state: State): string | undefined => {
  const { assignment, carried, epoch, task, turn } = state
  const letter = carried.find(({ order }) => order !== undefined)?.id ?? assignment?.letter ?? carried[0]?.id ?? turn
  if (letter !== null) return letter
  if (task !== null) return `${epoch} ${task}`
  return isAtWork(state) ? `${epoch} ${state.since}` : undefined
}

/** Who gave the task, the EM, and if there is neither, whoever spawned it; but not whoever says so. */
const concerned = (state: State, by: Sender): ReadonlyArray<Sender> => {
  const known = [state.assignment?.by, state.enrolled?.by]
    .filter((to) => to !== undefined)
    .filter(({ kind }) => kind === "session")
  const all = known.length > 0 ? known : parentOf(state.spec)
  const others = all.filter((to) => to.id !== state.id && to.id !== by.id)
  return [...new Map(others.map((to) => [to.id, to])).values()]
}

/** Is told anyway how the running turn ends. */
const awaits =
  ({ carried }: State) =>
  ({ id }: Sender): boolean =>
    carried.some(({ from, notify }) => notify?.stop === true && from.id === id)

interface Told {
  readonly told: ReadonlyArray<Sender>
  readonly later: ReadonlyArray<Sender>
}

const completes = (state: State, of: string, note: string | null, { later, told }: Told, now: number): Move => {
  const { task } = state
  const after: State = {
    ...state,
    task: null,
    assignment: null,
    enrolled: quiet(state),
    completed: { of, owed: later.flatMap(({ id }) => id ?? []), task, note, at: now }
  }
  const fact = tellWorld(after, { _tag: "TaskCompleted", id: idOf(state), task, note })
  const text = `[sm] ${completion(state, { note, task })}`
  return {
    ...fact,
    out: [...fact.out, ...told.flatMap((to) => notice(state, to, { about: `completed ${of}`, at: now, text }))]
  }
}

export const teaming: Some<"SetStatus" | "SetTask" | "TaskComplete" | "TurnComplete" | "MarkEm" | "Enrol" | "Woke"> = {
  SetStatus: ({ by, text }, state, mail) =>
    Effect.gen(function* () {
      yield* own(state, by, "speak for")
      const { assignment } = state
      const next: State = {
        ...state,
        status: { text, at: mail.now },
        assignment: assignment === null ? null : { ...assignment, cycle: mail.now, nudges: 0 }
      }
      return moved(state, tellWorld(next, { _tag: "StatusReported", id: idOf(state), text }), mail, cardOf)
    }),
  SetTask: ({ by, text }, state, mail) =>
    Effect.gen(function* () {
      yield* own(state, by, "set the task of")
      const next: State = { ...state, task: text, completed: null }
      const told = tellWorld(next, { _tag: "TaskSet", id: idOf(state), task: text, role: state.role })
      return moved(state, told, mail, cardOf)
    }),
  TaskComplete: ({ by, note }, state, mail) =>
    Effect.gen(function* () {
      yield* own(state, by, "complete the task of")
      const of = underWay(state)
      const last = state.completed
      if (last !== null && (of === undefined || of === last.of))
        return { state, reply: { told: [], later: [], again: true } }
      if (of === undefined) {
        return yield* new NotNow({ reason: `${state.name} has no task under way`, hint: 'sm task "<text>" names one' })
      }
      const all = concerned(state, by)
      const awaiting = awaits(state)
      const later = all.filter(awaiting)
      const told = all.filter((to) => !awaiting(to))
      const names = (senders: ReadonlyArray<Sender>) => senders.map(({ name }) => name)
      const reply = { told: names(told), later: names(later), again: false }
      return moved(state, completes(state, of, note, { later, told }, mail.now), mail, () => reply)
    }),
  TurnComplete: ({ by }, state, mail) =>
    Effect.gen(function* () {
      yield* own(state, by, "complete the turn of")
      if (!isAtWork(state)) {
        return yield* new NotNow({ reason: `${state.name} has no turn under way (${state.phase})`, hint: "sm list" })
      }
      const roster = yield* Roster
      const adapter = Option.getOrUndefined(yield* roster.find(state.spec?.provider ?? ""))
      const ended = adapter !== undefined && !adapter.capabilities.turns
      const next: State = { ...state, assignment: null, enrolled: quiet(state) }
      const move = ended ? turnOver(next, "the agent said that its turn is over", mail.now) : stay(next)
      return moved(state, move, mail, () => ({ ended }))
    }),
  MarkEm: ({ by, ...thresholds }, state, mail) =>
    Effect.gen(function* () {
      yield* own(state, by, "make an EM of")
      return moved(state, stay({ ...state, em: true, gauge: watched(state, thresholds) }), mail, cardOf)
    }),
  Enrol: ({ by, ...enrolment }, state, mail) =>
    Effect.gen(function* () {
      if (state.spec === null) return yield* unknown(state)
      const no = forbidden(state, by, "enrol")
      if (no !== undefined) return yield* no
      return moved(state, stay(enrolled(state, enrolment)), mail, cardOf)
    }),
  // Whatever is due is found so by all that look at the time. A timer may be a moment early.
  Woke: ({ at }, state, mail) =>
    Effect.sync(() => moved(state, stay(state), { ...mail, now: Math.max(mail.now, at) }, () => null))
}
