/** Answers an agent's start-up questions (trust, onboarding, update), which whoever spawned it has answered already. */
import type { Observation } from "../../agents/Agent.ts"
import type { Stroke } from "../../terminal/Terminal.ts"

/** Ms for which a question must stand before a key is pressed: dialogs that have just opened ignore or lose keys. */
const SETTLED = 600
/** Ms after which a key that changed nothing was lost. A machine under load draws late, and one key more undoes the first. */
const LOST = 6000
/** Ms between two looks. */
const LOOK = 100

export type Next = { readonly press: ReadonlyArray<Stroke> } | { readonly wait: number }

/** Remembers what was pressed on which screen. None: there is no such question. */
export const makeStartUp = (): ((observation: Observation, now: number) => Next | undefined) => {
  let seen: { readonly screen: string; readonly since: number; readonly pressedAt: number | undefined } | undefined
  return ({ answer, detail, step }, now) => {
    if (answer === undefined) {
      seen = undefined
      return undefined
    }
    const screen = JSON.stringify([detail, answer, step])
    if (seen?.screen !== screen) seen = { screen, since: now, pressedAt: undefined }
    const due = seen.pressedAt === undefined ? seen.since + SETTLED : seen.pressedAt + LOST
    if (now < due) return { wait: Math.min(due - now, LOOK) }
    seen = { ...seen, pressedAt: now }
    return { press: answer }
  }
}
