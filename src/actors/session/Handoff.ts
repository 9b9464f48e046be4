/** Pure: an agent goes on in a fresh context. Once its turn is over, its context is cleared and it reads where it left off. */
import type { Letter } from "../../domain/Letter.ts"
import { acceptance, remember, stay, type Move } from "./Move.ts"
import { noticeId, SYSTEM } from "./Notices.ts"
import { Out } from "../Out.ts"
import type { Reflex } from "./Reflex.ts"
import type { State } from "./State.ts"

const prompt = (file: string): string => `[sm handoff] Read ${file} and continue from where you left off.`

/** Ahead of everything but what is urgent: that is still for the agent that knows what it has done. */
const begin = (state: State, file: string, now: number): Move => {
  const text = prompt(file)
  const about = `handoff ${state.id} ${state.epoch}`
  const shared = { from: SYSTEM, mode: "important", at: now, tries: 0 } as const
  const clear: Letter = { ...shared, id: noticeId(now, `${about} clear`), kind: "clear", bytes: 0 }
  const bytes = new TextEncoder().encode(text).length
  const next: Letter = { ...shared, id: noticeId(now, about), kind: "message", bytes, after: clear.id }
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
