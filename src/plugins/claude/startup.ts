/**
 * Claude Code's questions that spawning it in a directory has already answered, most of them at its start; and the one at
 * a limit, which has one answer. Pure.
 */
import type { Stroke } from "../../terminal/Terminal.ts"

interface Question {
  /** The line by which the dialog is known. */
  readonly asks: RegExp
  /** The option to take, as it is written; without one Enter goes on. */
  readonly option?: RegExp
}

const QUESTIONS: ReadonlyArray<Question> = [
  { asks: /^ Quick safety check: /u, option: /^ (❯| ) (\d\. )?Yes, I trust this folder$/u },
  { asks: /^ *(Do you want to use this API key|Detected a custom API key)/u, option: /^ *(❯| ) (\d\. )?Yes\b/u },
  { asks: /^ *Choose the text style that looks best/u },
  { asks: /^ *Press Enter to continue/u }
]

/** Asked when a usage limit is met. Waiting is what a session does anyway. */
const WAITS = /^ *(❯ )?\d\. Stop and wait for limit to reset$/u

/**
 * One step: moves the mark of the menu towards the option or, where it stands on it, confirms. A menu that is just being
 * drawn may miss keys, and here Enter on the wrong option ends the program. None when the screen is not exactly such a
 * question.
 */
export const startup = (lines: ReadonlyArray<string>): ReadonlyArray<Stroke> | undefined => {
  // A permission dialog shows text of the model's choosing: it is never answered from here.
  if (lines.some((line) => /Tab to amend|Do you want to (proceed|create|make|allow)/u.test(line))) return undefined
  const asksOfLimit = lines.some((line) => /^ *What do you want to do\?$/u.test(line))
  if (asksOfLimit && lines.some((line) => WAITS.test(line))) return [{ _tag: "Press", keys: ["Escape"] }]
  const question = QUESTIONS.find(({ asks }) => lines.some((line) => asks.test(line)))
  if (question === undefined) return undefined
  const { option } = question
  if (option === undefined) return [{ _tag: "Press", keys: ["Enter"] }]
  const asked = lines.findLastIndex((line) => question.asks.test(line))
  const menu = lines.slice(asked)
  const mark = menu.findIndex((line) => /^\s*❯ /u.test(line))
  const target = menu.findIndex((line) => option.test(line.trimEnd()))
  if (mark < 0 || target < 0) return undefined
  const key = target === mark ? "Enter" : target > mark ? "Down" : "Up"
  return [{ _tag: "Press", keys: [key] }]
}
