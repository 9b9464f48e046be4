/** Claude Code's screen (classic renderer) as an observation. Pure; tested against recorded screens. */
import type { Observation } from "../../agents/Agent.ts"
import type { Screen, Stroke } from "../../terminal/Terminal.ts"
import { composing, rows } from "../sdk/screen.ts"

const press = (...keys: ReadonlyArray<"Enter" | "Up" | "Down">): ReadonlyArray<Stroke> => [{ _tag: "Press", keys }]

/** Moves the mark of a menu to the option that matches, then confirms. The options are the lines around the mark. */
const choose = (lines: ReadonlyArray<string>, wanted: RegExp): ReadonlyArray<Stroke> | undefined => {
  const at = lines.findIndex((line) => line.trimStart().startsWith("❯"))
  const near = lines.slice(Math.max(0, at - 3), at + 4)
  const target = near.findIndex((line) => wanted.test(line) && /^\s*(❯\s*)?(\d+\.\s*)?Yes/u.test(line))
  if (at < 0 || target < 0) return undefined
  const steps = Math.max(0, at - 3) + target - at
  const key = steps > 0 ? ("Down" as const) : ("Up" as const)
  return press(...Array.from({ length: Math.abs(steps) }, () => key), "Enter")
}

const DIALOG = /Esc to cancel|Enter to select|Enter to confirm|Do you want to |Would you like to /u

/** Start-up questions that spawning an agent in a directory has already answered. */
const startup = (text: string, lines: ReadonlyArray<string>): ReadonlyArray<Stroke> | undefined => {
  if (
    /trust (the files in )?this (folder|directory)|Is this a project you (created|trust)|Quick safety check/iu.test(
      text
    )
  )
    return choose(lines, /yes/iu)
  if (/use this API key/iu.test(text)) return choose(lines, /yes/iu)
  if (/Choose the text style|Select a theme|syntax theme/iu.test(text)) return press("Enter")
  if (/Press Enter to continue/iu.test(text)) return press("Enter")
  return undefined
}

export const read = (screen: Screen): Observation => {
  const lines = rows(screen).map(({ text }) => text)
  const tail = lines.slice(-45)
  const text = tail.join("\n")
  if (screen.dead || /Resume this session with:/u.test(lines.slice(-6).join("\n")))
    return { activity: "exited", detail: "", draft: null }
  const footer = tail.slice(-4).join("\n")
  const prompt = tail.findLast((line) => line.startsWith("❯"))
  const composer = /⏸|⏵⏵|\? for shortcuts|esc to interrupt|shift\+tab/u.test(footer) && prompt !== undefined
  if (!composer) {
    const answer = startup(text, tail)
    const asked = DIALOG.test(text) || answer !== undefined
    const question = tail.find((line) => /Do you want|Would you like|\?\s*$/u.test(line))?.trim() ?? ""
    if (!asked) return { activity: prompt === undefined ? "starting" : "unknown", detail: "", draft: null }
    return { activity: "dialog", detail: question, draft: null, ...(answer === undefined ? {} : { answer }) }
  }
  const busy = /esc to interrupt/u.test(footer) || /Waiting for \d+ background/u.test(text)
  const draft = composing(screen, "❯", 2)
  return { activity: busy ? "busy" : "idle", detail: "", draft }
}

export const farewell = (screen: Screen): string => {
  const lines = rows(screen)
    .map(({ text }) => text.trim())
    .filter((line) => !line.startsWith("Pane is dead"))
  return lines.findLast((line) => /error|unable|cannot|failed|not found|denied/iu.test(line))?.slice(0, 300) ?? ""
}
