/** Pure: what sm itself tells other sessions about this one, as letters of its own. */
import type { Sender } from "../../domain/Message.ts"
import { SWARM } from "../ActorSystem.ts"
import { Desk } from "../desk/Desk.ts"
import { noticeId } from "../NoticeId.ts"
import { ownLetter } from "../OwnLetter.ts"
import { Out, tell } from "../Out.ts"
import { causeOf } from "./Move.ts"
import type { Letter } from "../../domain/Letter.ts"
import { Session } from "./Session.ts"
import type { State } from "./State.ts"

/** What is shown of an answer in a notice, in characters. */
const ANSWER = 500

export interface Notice {
  /** What makes it the same notice. */
  readonly about: string
  /** Unix milliseconds of what it tells. */
  readonly at: number
  /** Begins with its tag, `[sm] …`. */
  readonly text: string
  readonly mode?: Letter["mode"]
  readonly more?: Pick<Letter, "cause" | "epoch" | "key">
}

/** A letter from sm to a session, with its text; nothing when nobody is there to be told. */
export const notice = (state: State, to: Sender, { about, at, mode, more, text }: Notice): ReadonlyArray<Out> => {
  if (to.kind !== "session" || to.id === undefined) return []
  const id = noticeId(at, `${state.id} ${about} ${to.id}`)
  const letter = ownLetter({ id, at, ...(mode === undefined ? {} : { mode }), ...more }, text)
  const tag = letter.mode === "urgent" ? "AcceptUrgent" : "Accept"
  return [Out.cases.Text.make({ key: id, text }), tell(Session, to.host ?? state.host, to.id, tag, letter)]
}

export const called = ({ id, name }: State): string => (name === id ? id : `${name} (${id})`)

/** A task that an agent has said to be complete. */
export const completion = (
  state: State,
  { note, task }: { readonly note: string | null; readonly task: string | null }
) => `${called(state)} completed its task${task === null ? "" : `: ${task}`}${note === null ? "" : `\n${note}`}`

/** With what was said to be complete in this turn, to whom that is owed: one piece of news, not two. */
const ending = (state: State, to: Sender, words: string): string =>
  state.completed?.owed.includes(to.id ?? "") === true
    ? `[sm] ${completion(state, state.completed)}\nIts turn ended:\n${words}`
    : `[sm] ${called(state)} stopped:\n${words}`

/** To those who asked for it: how exactly the turn that carried their message ended. Once per turn and subscriber. */
export const stopped = (state: State, evidence: string, answer: string | null, now: number): ReadonlyArray<Out> => {
  const asked = state.carried.filter(({ from, notify }) => notify?.stop === true && from.id !== state.id)
  const subscribers = new Map(asked.map((letter) => [letter.from.id ?? "", letter]))
  const words = answer === null || answer.trim() === "" ? `(${evidence})` : answer.trim().slice(0, ANSWER)
  return [...subscribers.values()].flatMap((letter) =>
    notice(state, letter.from, {
      about: `stopped ${state.turn ?? ""} ${letter.id}`,
      at: now,
      text: ending(state, letter.from, words),
      more: { cause: causeOf(letter) }
    })
  )
}

/** To a sender that asked for it: the agent has the message. */
export const delivered = (state: State, letter: Letter): ReadonlyArray<Out> =>
  letter.notify?.delivery === true
    ? notice(state, letter.from, {
        about: `delivered ${letter.id}`,
        // An interrupted agent may take it once more: that is the same news.
        at: letter.at,
        text: `[sm] Message ${letter.id} was delivered to ${called(state)}`
      })
    : []

/** To every sender: the message did not reach the agent, and why. What is for a person lies on the desk. */
export const undelivered = (
  state: State,
  letter: Letter,
  status: "parked" | "expired" | "dead" | "withdrawn",
  evidence: string
): ReadonlyArray<Out> => {
  if (letter.kind === "clear") return []
  const { at, from, id } = letter
  const about = `undelivered ${id}`
  const text = `Message ${id} to ${called(state)} did not arrive (${status}): ${evidence}`
  return from.kind === "human" ? news({ about, at, text }) : notice(state, from, { about, at, text: `[sm] ${text}` })
}

/** Word for the person (`sm inbox`). `about` and `at` make it the same news. */
export const news = (word: Pick<Notice, "about" | "at" | "text">): ReadonlyArray<Out> => [
  tell(Desk, SWARM, "human", "News", word)
]
