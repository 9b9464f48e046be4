/** Codex's screen as an observation. Pure; tested against recorded screens. */
import type { Observation } from "../../agents/Agent.ts"
import type { Screen, Stroke } from "../../terminal/Terminal.ts"
import { rows } from "../sdk/screen.ts"

const press = (key: "Enter" | "Down" | "Escape"): ReadonlyArray<Stroke> => [{ _tag: "Press", keys: [key] }]

const DECLINE = press("Escape")

/**
 * Start-up questions that spawning has answered: one step, by the option under the mark. And the offer of another model
 * near a limit, which Escape declines: it would be taken by the Enter of any message.
 */
const startup = (lines: ReadonlyArray<string>): ReadonlyArray<Stroke> | undefined => {
  const marked = lines.find((line) => line.startsWith("›")) ?? ""
  const offered = lines.some((line) => /^ {2}Approaching rate limits$/u.test(line))
  if (offered && lines.some((line) => /^› \d\. (Switch to|Keep current model)/u.test(line))) return DECLINE
  if (marked.startsWith("› 1. Trust and continue")) return press("Enter")
  const update = lines.some((line) => /^[ ›] 1\. Update now/u.test(line))
  if (!update || !lines.some((line) => /^[ ›] 2\. Skip/u.test(line))) return undefined
  if (marked.startsWith("› 1. ")) return press("Down")
  return marked.startsWith("› 2. Skip") ? press("Enter") : undefined
}

/** A composer's mark: for the model, or for a shell. */
const MARK = /^[›!](\s|$)/u

interface Composer {
  readonly text: ReadonlyArray<string>
  readonly top: number
}

/** The composer holds the cursor: marked and indented rows, and a free one below. */
const composerOf = ({ cursor, text }: Screen): Composer | undefined => {
  const lines = text.split("\n")
  const top = lines.findLastIndex((line, y) => y <= cursor.y && MARK.test(line))
  const end = lines.findIndex((line, y) => y > cursor.y && line.trim() === "")
  // Below the composer there is a footer: a cursor in the last row has been put out of the way.
  const last = lines.findLastIndex((line) => line.trim() !== "")
  if (top < 0 || cursor.x < 2 || cursor.y >= last) return undefined
  const box = lines.slice(top, end < 0 ? undefined : end)
  // Rows of a draft may be empty, but what the agent says is not indented everywhere.
  if (box.slice(1).some((line) => /^\S/u.test(line)) || cursor.y - top > 40) return undefined
  return { text: box, top }
}

const draftOf = ({ text, top }: Composer, { cursor, faint }: Screen): string | null => {
  const words = text
    .map((line) => line.slice(2).trimEnd())
    .join("\n")
    .trimEnd()
  // Whatever is sent from here would run in a shell.
  if ((text[0] ?? "").startsWith("!")) return `!${words}`
  // A single faint line with the cursor before it is a placeholder.
  const placeholder = faint && cursor.y === top && cursor.x <= 2 && !words.includes("\n")
  return words.trim() === "" || placeholder ? null : words
}

/** Stands at the bottom of whatever takes the keys instead of the composer. */
const HINTS = /(\benter|↵) (to )?[a-z]+|\besc (to )?(back|cancel|go back|dismiss|exit|skip)|\bq (to )?(quit|close)/iu
const WORKING = /^[•◦] [^•◦].*\(\d+[hms].*esc to interrupt\)/u

const REFUSED = /^■ '\/clear' is disabled while a task is in progress/u

/** The title says it by a turning wheel, or the lowest row that the agent wrote does. */
const isBusy = (lines: ReadonlyArray<string>, { top }: Composer, { title }: Screen): boolean => {
  if (/^[⠀-⣿] /u.test(title)) return true
  const said = lines
    .slice(0, top)
    .filter((line) => /^\S/u.test(line) && !/^• (Messages to be submitted|Queued follow-up)/u.test(line))
  return WORKING.test(said.at(-1) ?? "")
}

export const read = (screen: Screen): Observation => {
  const lines = screen.text.split("\n")
  const shown = rows(screen).map(({ text }) => text)
  if (screen.dead) return { activity: "exited", detail: "", draft: null }
  const composer = composerOf(screen)
  const below = composer === undefined ? shown : lines.slice(composer.top + composer.text.length)
  const hinted = below
    .filter((line) => line.trim() !== "")
    .slice(-2)
    .some((line) => HINTS.test(line))
  if (composer !== undefined && !hinted) {
    const activity = isBusy(lines, composer, screen) ? "busy" : "idle"
    const queued = lines.slice(0, composer.top).some((line) => line.startsWith("• Messages to be submitted after next"))
    const refused = lines.slice(0, composer.top).some((line) => REFUSED.test(line))
    const more = { ...(queued ? { queued } : {}), ...(refused ? { refused } : {}) }
    return { activity, detail: "", draft: draftOf(composer, screen), ...more }
  }
  if (shown.slice(-6).some((line) => line.startsWith("To continue this session, run")))
    return { activity: "exited", detail: "", draft: null }
  const tail = shown.slice(-25)
  const answer = startup(shown)
  const menu = tail.some((line) => /^› \d+\. /u.test(line))
  if (!hinted && !menu && answer === undefined && !/Action Required/u.test(screen.title))
    return { activity: tail.some((line) => MARK.test(line)) ? "unknown" : "starting", detail: "", draft: null }
  const question = tail.findLast((line) => /Would you like|Do you |\?\s*$/u.test(line))?.trim() ?? ""
  if (answer === undefined) return { activity: "dialog", detail: question, draft: null }
  // One start-up question follows the other: they must not look the same.
  const marked = tail.find((line) => line.startsWith("›"))?.slice(2) ?? ""
  const declines = answer === DECLINE ? { declines: true } : {}
  return { activity: "dialog", detail: question || marked, draft: null, answer, ...declines }
}

export const farewell = (screen: Screen): string =>
  rows(screen)
    .map(({ text }) => text.trim())
    .findLast((line) => /error|unable|cannot|failed|not found|denied/iu.test(line))
    ?.slice(0, 300) ?? ""
