/** Claude Code's screen (classic renderer) as an observation. Pure; tested against recorded screens. */
import type { Observation } from "../../agents/Agent.ts"
import type { Screen } from "../../terminal/Terminal.ts"
import { rows } from "../sdk/screen.ts"
import { startup } from "./startup.ts"

/** The lines around the composer and around dialogs; the upper one may carry the session's name at its end. */
const RULE = /^─{20,}/u
/** A composer's mark: for the model, or for a shell. */
const MARK = /^[❯!](\s|$)/u

interface Composer {
  readonly text: ReadonlyArray<string>
  /** Rows of the two rules. */
  readonly top: number
  readonly bottom: number
}

/** The lowest two rules with a mark right below the upper one. What the agent says is indented, and forms no such box. */
const composerOf = (lines: ReadonlyArray<string>): Composer | undefined => {
  const bottom = lines.findLastIndex((line) => RULE.test(line))
  const top = lines.findLastIndex((line, y) => y < bottom && RULE.test(line))
  const text = lines.slice(top + 1, bottom)
  if (top < 0 || !MARK.test(text[0] ?? "") || text.slice(1).some((line) => /^\S/u.test(line))) return undefined
  return { text, top, bottom }
}

/** Text that stands in the composer. A single faint line with the cursor before it is a placeholder. */
const draftOf = ({ text, top }: Composer, { cursor, faint }: Screen): string | null => {
  const shell = (text[0] ?? "").startsWith("!")
  const words = text
    .map((line) => line.slice(2).trimEnd())
    .join("\n")
    .trimEnd()
  // Whatever is sent from here would run in a shell.
  if (shell) return `!${words}`
  const placeholder = faint && cursor.y === top + 1 && cursor.x <= 2 && !words.includes("\n")
  return words.trim() === "" || placeholder ? null : words
}

const SPINNER = /^[✻✽✶✳✢·*] (.*(…|retrying in)|Waiting for \d+ )/u

/** The title says it (`◐`, `◑`), or the footer, or the row above the composer. */
const isBusy = (lines: ReadonlyArray<string>, { bottom, top }: Composer, { title }: Screen): boolean => {
  if (/^[◐◑]/u.test(title)) return true
  if (lines.slice(bottom + 1).some((line) => line.includes("esc to interrupt"))) return true
  const above = lines.slice(0, top)
  const end = above.findLastIndex((line) => line.trim() !== "")
  const start = above.findLastIndex((line, y) => y <= end && line.trim() === "")
  return above.slice(start + 1, end + 1).some((line) => SPINNER.test(line))
}

/** Stands under what was typed while it works, until it reads it. */
const QUEUED = /^ {2}⎿ +Queued\b/u

/** Words that stand under whatever takes the keys instead of the composer. */
const HINTS =
  /\b(Esc|esc) to (cancel|close|go back|exit|dismiss)|Enter to (select|confirm|continue|save)|Showing detailed transcript|Press Enter to continue/u
/** A menu, or a question as the last words. */
const MENU = /^\s+❯ \S|^❯ \d+\. /u
const QUESTION = /Do you want|Would you like|\?\s*$/u

export const read = (screen: Screen): Observation => {
  const lines = screen.text.split("\n")
  const shown = rows(screen).map(({ text }) => text)
  const composer = composerOf(lines)
  const within = composer !== undefined && screen.cursor.y > composer.top && screen.cursor.y < composer.bottom
  if (screen.dead || (!within && shown.slice(-6).some((line) => line.startsWith("Resume this session with:"))))
    return { activity: "exited", detail: "", draft: null }
  if (composer !== undefined) {
    // Elsewhere is the cursor of something that takes the keys, such as the search of old prompts.
    if (!within) return { activity: "dialog", detail: "", draft: null }
    const activity = isBusy(lines, composer, screen) ? "busy" : "idle"
    const queued = lines.slice(0, composer.top).some((line) => QUEUED.test(line))
    return { activity, detail: "", draft: draftOf(composer, screen), ...(queued ? { queued } : {}) }
  }
  const tail = shown.slice(-45)
  const answer = startup(tail)
  if (answer === undefined && !tail.some((line) => HINTS.test(line) || MENU.test(line)))
    return { activity: tail.some((line) => MARK.test(line)) ? "unknown" : "starting", detail: "", draft: null }
  const detail = tail.findLast((line) => QUESTION.test(line))?.trim() ?? ""
  if (answer === undefined) return { activity: "dialog", detail, draft: null }
  // One start-up question follows the other: they must not look the same.
  return { activity: "dialog", detail: detail || (tail.at(-1)?.trim() ?? ""), draft: null, answer }
}

export const farewell = (screen: Screen): string => {
  const lines = rows(screen)
    .map(({ text }) => text.trim())
    .filter((line) => !line.startsWith("Pane is dead"))
  return lines.findLast((line) => /error|unable|cannot|failed|not found|denied/iu.test(line))?.slice(0, 300) ?? ""
}
