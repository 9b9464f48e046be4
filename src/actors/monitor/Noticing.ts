/** Pure: which notices are open, which were told, and who is told of them. */
import { SYSTEM } from "../../domain/Message.ts"
import { type Notice, type NoticeKind, rankOf } from "../../domain/Notice.ts"
import { SWARM } from "../ActorSystem.ts"
import { Desk } from "../desk/Desk.ts"
import type { Move as Step } from "../Move.ts"
import { newsId } from "../NoticeId.ts"
import { type Out, publish, tell } from "../Out.ts"
import type { State } from "./Monitor.ts"

type Move = Step<State>

/** Most that may be open: each commit writes them all. */
export const MOST = 500
/** Causes remembered, so that what comes late or twice is not told again. */
const REMEMBERED = 2000
/** Characters of a sentence that are kept, and of a cause, which is part of the fact's subject. */
const LONGEST = 1000
const CAUSE = 300

/** From this severity on it lies before the person too, until it is read. */
const forDesk = ({ severity }: Notice): boolean => rankOf(severity) >= rankOf("attention")

/** Begins with these, whole words: `idle 1a2b` is not of the session `1a2b3c4d`. */
const isOf = ({ cause }: Notice, causes: string): boolean =>
  cause === causes || cause.startsWith(`${causes.trimEnd()} `)

const aboutOf = ({ cause, severity }: Notice): string => `${cause} ${severity}`

const news = (notice: Notice): ReadonlyArray<Out> =>
  forDesk(notice)
    ? [tell(Desk, SWARM, "human", "News", { about: aboutOf(notice), at: notice.at, text: notice.text })]
    : []

/** What only counts while it is so: nobody need read later that there was a question. What went wrong stays until it is read. */
const PASSING: ReadonlySet<NoticeKind> = new Set(["idle", "permission", "question", "hung", "unheard"])
const withdrawn = (notice: Notice): ReadonlyArray<Out> =>
  forDesk(notice) && PASSING.has(notice.kind)
    ? [tell(Desk, SWARM, "human", "Unsend", { id: newsId(notice.at, aboutOf(notice)), by: SYSTEM })]
    : []

const ended = (notice: Notice, why: string): Out =>
  publish({ _tag: "NoticeOver", id: notice.cause, cause: notice.cause, why })

/** Keeps it and tells of it, once for each cause; again only when it has become worse. */
export const saw = (state: State, said: Notice): Move => {
  const notice = { ...said, cause: said.cause.slice(0, CAUSE), text: said.text.slice(0, LONGEST) }
  const known = state.open.find(({ cause }) => cause === notice.cause)
  const worse = known !== undefined && rankOf(notice.severity) > rankOf(known.severity)
  if (!worse && (known !== undefined || state.told.includes(notice.cause))) return { state, out: [] }
  const open = [...state.open.filter((other) => other !== known), notice]
  const old = open.slice(0, -MOST)
  return {
    state: {
      open: open.slice(-MOST),
      told: [...state.told.filter((cause) => cause !== notice.cause), notice.cause].slice(-REMEMBERED)
    },
    out: [
      publish({ _tag: "Noticed", id: notice.cause, notice }),
      ...(known === undefined ? [] : withdrawn(known)),
      ...news(notice),
      ...old.map((other) => ended(other, `${MOST} newer ones are open`))
    ]
  }
}

/** What a person was told of is no more. It stays told: word of it that is still under way changes nothing. */
export const over = (state: State, causes: string, why: string): Move => {
  const gone = state.open.filter((notice) => isOf(notice, causes.slice(0, CAUSE)))
  if (gone.length === 0) return { state, out: [] }
  return {
    state: { ...state, open: state.open.filter((notice) => !gone.includes(notice)) },
    out: gone.flatMap((notice) => [ended(notice, why), ...withdrawn(notice)])
  }
}
