/** Pure: an agent goes on in a fresh context. Once its turn is over, its context is cleared and it reads where it left off. */
import type { Letter } from "../../domain/Letter.ts"
import { acceptance, remember, stay, type Move } from "./Move.ts"
import { noticeId } from "../NoticeId.ts"
import { Out } from "../Out.ts"
import { ownLetter } from "../OwnLetter.ts"
import type { Reflex } from "./Reflex.ts"
import type { State } from "./State.ts"

const prompt = (file: string): string => `[sm handoff] Read ${file} and continue from where you left off.`

/** Ahead of everything but what is urgent: that is still for the agent that knows what it has done. */
const begin = (state: State, file: string, now: number): Move => {
  const text = prompt(file)
  const about = `handoff ${state.id} ${state.epoch}`
  const own = { at: now, mode: "important" } as const
  const clear: Letter = { ...ownLetter({ ...own, id: noticeId(now, `${about} clear`) }, ""), kind: "clear" }
  const next = ownLetter({ ...own, id: noticeId(now, about), after: clear.id }, text)
  const urgent = state.queue.filter(({ mode }) => mode === "urgent")
  const others = state.queue.filter(({ mode }) => mode !== "urgent")
  const known = [clear, next].reduce<State>((sum, { id }) => ({ ...sum, seen: remember(sum, id, "accepted") }), state)
  return {
    state: { ...known, handoff: null, queue: [...urgent, clear, next, ...others] },
    out: [Out.cases.Text.make({ key: next.id, text }), acceptance(state, next)]
  }
}

export const handingOff: Reflex = (_, after, now) =>
  after.handoff === null || after.phase !== "idle" ? stay(after) : begin(after, after.handoff.file, now)
