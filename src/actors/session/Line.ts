/** Pure: the order in which letters wait, and which of them go into one prompt. */
import { type Letter, replaces } from "../../domain/Letter.ts"
import { sameSender } from "../../domain/Message.ts"
import type { State } from "./State.ts"

type Queue = ReadonlyArray<Letter>

/** Most letters in one prompt, and most bytes: a longer prompt would reach the agent as a paste. */
const MOST = 10
const LARGEST = 8000

const RANK: Readonly<Record<Letter["mode"], number>> = { urgent: 0, important: 1, sequential: 2 }

/** Pressing letters go ahead of the others, each kind in its own order. */
export const inLine = (queue: Queue, letter: Letter): Queue => {
  const place = queue.findIndex((other) => RANK[other.mode] > RANK[letter.mode])
  return place < 0 ? [...queue, letter] : queue.toSpliced(place, 0, letter)
}

/**
 * Back into line: an urgent letter to the front, but behind older ones of its sender; another ahead of those of its kind
 * that were accepted after it.
 */
export const backInLine = (state: State, letter: Letter): Queue => {
  const ageOf = ({ id }: Letter) => state.seen.findIndex(([seen]) => seen === id)
  if (letter.mode === "urgent") {
    const older = state.queue.findLastIndex(
      (other) => other.mode === "urgent" && sameSender(other.from, letter.from) && ageOf(other) < ageOf(letter)
    )
    return state.queue.toSpliced(older + 1, 0, letter)
  }
  const place = state.queue.findIndex(
    (other) => RANK[other.mode] > RANK[letter.mode] || (other.mode === letter.mode && ageOf(other) > ageOf(letter))
  )
  return place < 0 ? [...state.queue, letter] : state.queue.toSpliced(place, 0, letter)
}

/** Waiting letters whose place this one takes: of the same sender, with the same key. */
export const superseded = (queue: Queue, letter: Letter): Queue => queue.filter((other) => replaces(letter, other))

/**
 * Only what is framed may share a prompt: a person's words and the agent's own commands stand alone, and so does a task,
 * whose turn answers nothing else, and what begins a new context. What failed once goes alone, so that it takes nothing with it.
 */
const mayShare = ({ after, from, kind, order, tries }: Letter): boolean =>
  kind === "message" && from.kind !== "human" && order === undefined && after === undefined && tries === 0

/** The letters that go next, as one prompt. */
export const nextPrompt = ([first, ...rest]: Queue): Queue => {
  if (first === undefined) return []
  if (!mayShare(first)) return [first]
  const prompt = [first]
  let bytes = first.bytes
  for (const letter of rest) {
    bytes += letter.bytes
    if (!mayShare(letter) || prompt.length === MOST || bytes > LARGEST) break
    prompt.push(letter)
  }
  return prompt
}
