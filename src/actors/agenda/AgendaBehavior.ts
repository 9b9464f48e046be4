/** Keeps reminders, each with a durable timer, and tells its session what is due. */
import { Effect } from "effect"
import { SessionId } from "../../domain/Ids.ts"
import type { ReminderId } from "../../domain/Ids.ts"
import type { Sender } from "../../domain/Message.ts"
import { MAX_REMINDERS, MINUTE_MS, type Reminder, YEAR_MS } from "../../domain/Reminder.ts"
import { span } from "../../domain/Span.ts"
import type { Behavior } from "../Behavior.ts"
import { Out, tell, timer } from "../Out.ts"
import { NotAllowed, NotNow, Session } from "../session/Session.ts"
import { Agenda, type Owner, type State } from "./Agenda.ts"
import { ring } from "./Ringing.ts"

/** How many ids of reminders that are over are remembered. */
const REMEMBERED = 100

const nameOf = (id: ReminderId): string => `remind-${id}`
const armed = ({ due, id }: Reminder): Out => timer(Agenda, nameOf(id), due, "Due", { id, due })
const disarmed = ({ id }: Reminder): Out => Out.cases.CancelTimer.make({ name: nameOf(id) })

const soonestFirst = (reminders: ReadonlyArray<Reminder>): ReadonlyArray<Reminder> =>
  reminders.toSorted((one, two) => one.due - two.due)

const over = (state: State, gone: ReadonlyArray<Reminder>): State => ({
  ...state,
  reminders: state.reminders.filter((reminder) => !gone.includes(reminder)),
  past: [...state.past, ...gone.map(({ id }) => id)].slice(-REMEMBERED)
})

/** A session reminds itself and its children; a person anybody. */
const forbidden = ({ id, name, parentId }: Owner, by: Sender): NotAllowed | undefined =>
  by.kind !== "session" || by.id === id || (parentId !== null && by.id === parentId)
    ? undefined
    : new NotAllowed({
        reason: `only ${name} (${id}) itself and its parent may change what it is reminded of`,
        hint: `tell it with sm send ${name} "…"`
      })

/** Why this reminder cannot be kept; none when it can. */
const refused = (state: State, owner: Owner, at: number, every: number | null, now: number): NotNow | undefined => {
  const { name } = owner
  if (state.closed) return new NotNow({ reason: `${name} (${owner.id}) is stopped`, hint: `sm restore ${name}` })
  if (state.reminders.length >= MAX_REMINDERS)
    return new NotNow({
      reason: `${name} has ${state.reminders.length} reminders already, which is the most`,
      hint: "sm remind --list shows them, sm remind --cancel <id> drops one"
    })
  if (at < now - MINUTE_MS)
    return new NotNow({ reason: `that time was ${span(now - at)} ago`, hint: "give a time to come" })
  if (at > now + YEAR_MS || (every !== null && every > YEAR_MS))
    return new NotNow({ reason: "a reminder may be at most a year ahead", hint: "give an earlier time" })
  return every !== null && every < MINUTE_MS
    ? new NotNow({ reason: "a reminder may come once a minute at most", hint: "sm remind --every 1m" })
    : undefined
}

export const behavior: Behavior<typeof Agenda> = {
  initial: () => ({ host: "", closed: false, reminders: [], past: [] }),
  handlers: {
    Remind: ({ at, by, every, id, owner, text }, state, { now }) =>
      Effect.gen(function* () {
        const no = forbidden(owner, by)
        if (no !== undefined) return yield* no
        const known = state.reminders.find((reminder) => reminder.id === id)
        if (known !== undefined) return { state, reply: known }
        const reminder: Reminder = { id, due: at, every, text, by, made: now }
        // It was set before, and is over.
        if (state.past.includes(id)) return { state, reply: reminder }
        const not = refused(state, owner, at, every, now)
        if (not !== undefined) return yield* not
        const next: State = { ...state, host: owner.host, reminders: [...state.reminders, reminder] }
        return { state: next, reply: reminder, out: [armed(reminder)] }
      }),
    List: (_, state) => Effect.sync(() => ({ state, reply: soonestFirst(state.reminders) })),
    Cancel: ({ by, ids, owner }, state) =>
      Effect.gen(function* () {
        const no = forbidden(owner, by)
        if (no !== undefined) return yield* no
        const unknown = ids?.find((id) => !state.reminders.some((reminder) => reminder.id === id))
        if (unknown !== undefined) {
          return yield* new NotNow({
            reason: `${owner.name} has no reminder ${unknown}${state.past.includes(unknown) ? " any more" : ""}`,
            hint: "sm remind --list shows those it has"
          })
        }
        const gone = state.reminders.filter(({ id }) => ids === null || ids.includes(id))
        if (gone.length === 0) return { state, reply: [] }
        return { state: over(state, gone), reply: soonestFirst(gone), out: gone.map(disarmed) }
      }),
    Close: (_, state) =>
      Effect.sync(() => ({
        state: { ...over(state, state.reminders), closed: true },
        reply: null,
        out: state.reminders.map(disarmed)
      })),
    Open: (_, state) => Effect.sync(() => ({ state: state.closed ? { ...state, closed: false } : state, reply: null })),
    Due: ({ due, id }, state, { key, now }) =>
      Effect.sync(() => {
        // Cancelled while its timer's word was on its way, or told already.
        const reminder = state.reminders.find((other) => other.id === id && other.due === due)
        if (reminder === undefined) return { state, reply: null }
        const { letter, next, text } = ring(SessionId.make(key), reminder, now)
        const told = [
          Out.cases.Text.make({ key: letter.id, text }),
          tell(Session, state.host, key, "Accept", letter),
          ...(next === null ? [] : [armed(next)])
        ]
        const after: State =
          next === null
            ? over(state, [reminder])
            : { ...state, reminders: state.reminders.map((other) => (other === reminder ? next : other)) }
        return { state: after, reply: null, out: told }
      })
  }
}
