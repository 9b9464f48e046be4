/** Pure: an agent that crashed is started again with its own conversation, until that happens too often. */
import { isLive } from "../../domain/Session.ts"
import { Out, timer } from "../Out.ts"
import { andThen, idOf, isAtWork, type Move, stay } from "./Move.ts"
import { called, notice } from "./Notices.ts"
import { overseers } from "./Overseers.ts"
import type { Reflex } from "./Reflex.ts"
import { restored } from "./Restoring.ts"
import { Session } from "./Session.ts"
import type { State } from "./State.ts"

const TIMER = "recover"
/** Ms before the first start, the second, and those after that: what killed it may need a while to pass. */
const DELAYS = [0, 5000, 30_000]

const recentOf = ({ recovery, vigil }: State, now: number): ReadonlyArray<number> =>
  recovery.starts.filter((at) => at > now - (vigil.policy?.recover.within ?? 0) * 1000)

/** Word for those who watch over it: nobody starts it again. */
const lost = (state: State, words: string, now: number): ReadonlyArray<Out> =>
  overseers(state, "parent").flatMap((to) =>
    notice(state, to, {
      about: `crashed ${state.since}`,
      at: now,
      text: `[sm] ${called(state)} ${words}: ${state.detail}\nsm restore ${state.name} starts it again with its conversation.`
    })
  )

/** It has just died. */
const died = (before: State, state: State, now: number): Move => {
  const { recovery, vigil } = state
  const cut = recovery.cut ?? (isAtWork(before) || before.carried.length > 0 ? now : null)
  const dead = { ...recovery, cut, back: null, starting: false }
  // What never was ready is not made so by trying again: whoever started it sees why.
  const ready = before.phase !== "starting" || recovery.starting
  const able = recovery.death === "crashed" || (recovery.death === "failed" && recovery.starting)
  // Without a conversation to go on with it would be another agent, which knows nothing.
  const resumes = state.agentSessionId !== null
  if (vigil.policy?.recover.mode !== "auto" || !able || !ready || !resumes) {
    return { state: { ...state, recovery: dead }, out: lost(state, "is gone", now) }
  }
  const starts = recentOf(state, now)
  if (starts.length >= vigil.policy.recover.max) {
    const words = `crashed again after ${starts.length} new starts and stays as it is`
    return { state: { ...state, recovery: { ...dead, starts, gaveUp: now } }, out: lost(state, words, now) }
  }
  const due = now + (DELAYS[starts.length] ?? DELAYS.at(-1) ?? 0)
  return {
    state: { ...state, recovery: { ...dead, starts, due } },
    out: [timer(Session, TIMER, due, "Recover", { at: due })]
  }
}

/** Somebody was faster: it is started again by hand, or is to end. */
const elsewhere = (state: State): Move => ({
  state: { ...state, recovery: { ...state.recovery, due: null, gaveUp: null } },
  out: state.recovery.due === null ? [] : [Out.cases.CancelTimer.make({ name: TIMER })]
})

export const recovering: Reflex = (before, after, now) => {
  const { recovery } = after
  if (before.phase !== "crashed" && after.phase === "crashed") return died(before, after, now)
  if (after.phase !== "crashed" && (recovery.due !== null || recovery.gaveUp !== null)) return elsewhere(after)
  if (recovery.starting && isLive(after.phase) && after.phase !== "starting")
    return stay({ ...after, recovery: { ...recovery, starting: false, back: now } })
  return stay(after)
}

/** To an agent that was at work when it died: it does not know that it was gone. */
const goOn = (state: State): Move => {
  const { cut } = state.recovery
  if (cut === null) return stay(state)
  const self = { kind: "session", id: idOf(state), name: state.name } as const
  const text = `[sm] Your process ended in the middle of your work (${state.detail}) and was started again with this conversation. What ran then may be done in part or not at all: look, then go on where you left off.`
  return {
    state: { ...state, recovery: { ...state.recovery, cut: null } },
    out: notice(state, self, { about: "recovered", at: cut, text, mode: "important", more: { epoch: state.epoch } })
  }
}

/** The time for it has come. */
export const recover = (state: State, due: number, now: number, activation: string): Move => {
  // Restored or ended by hand since, or set for another time.
  if (state.phase !== "crashed" || state.recovery.due !== due) return stay(state)
  return andThen(goOn(state), (told) => {
    const starts = [...recentOf(told, now), now]
    const recovery = { ...told.recovery, starts, due: null, starting: true }
    return restored({ ...told, recovery }, "starting again after a crash", now, activation)
  })
}
