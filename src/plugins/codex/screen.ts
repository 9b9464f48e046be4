/** Codex's screen as an observation. Pure; tested against recorded screens. */
import type { Observation } from "../../agents/Agent.ts"
import type { Screen, Stroke } from "../../terminal/Terminal.ts"
import { composing, rows } from "../sdk/screen.ts"

const ENTER: ReadonlyArray<Stroke> = [{ _tag: "Press", keys: ["Enter"] }]

/** Start-up questions that spawning has answered; each with its safe default under the cursor unless said otherwise. */
const startup = (text: string): ReadonlyArray<Stroke> | undefined => {
  if (
    /Do you trust the contents of this directory|allow Codex to work in this folder|trust this (folder|directory)/iu.test(
      text
    )
  )
    return ENTER
  if (/Update available|Skip until next version/iu.test(text)) return [{ _tag: "Press", keys: ["Down", "Enter"] }]
  return undefined
}

const DIALOG =
  /Press enter to confirm|Press enter to continue|Would you like to run|Would you like to make|esc to cancel|Do you trust/iu

export const read = (screen: Screen): Observation => {
  const lines = rows(screen).map(({ text }) => text)
  const tail = lines.slice(-40)
  const text = tail.join("\n")
  if (screen.dead || /To continue this session, run/iu.test(lines.slice(-6).join("\n")))
    return { activity: "exited", detail: "", draft: null }
  if (DIALOG.test(tail.slice(-25).join("\n"))) {
    const answer = startup(text)
    const question = tail.findLast((line) => /Would you like|Do you |\?\s*$/u.test(line))?.trim() ?? ""
    return { activity: "dialog", detail: question, draft: null, ...(answer === undefined ? {} : { answer }) }
  }
  const composer = tail.findLast((line) => line.startsWith("›"))
  if (/esc to interrupt/u.test(tail.slice(-14).join("\n"))) return { activity: "busy", detail: "", draft: null }
  if (composer === undefined) return { activity: "starting", detail: "", draft: null }
  return { activity: "idle", detail: "", draft: composing(screen, "›", 2) }
}

export const farewell = (screen: Screen): string =>
  rows(screen)
    .map(({ text }) => text.trim())
    .findLast((line) => /error|unable|cannot|failed|not found|denied/iu.test(line))
    ?.slice(0, 300) ?? ""
