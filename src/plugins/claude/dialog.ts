/** Claude Code's permission dialogs, as far as they can be told exactly. Pure; tested against recorded screens. */
import { resolve } from "node:path"
import type { Dialog } from "../../agents/Asking.ts"
import { squeeze } from "../../domain/Squeeze.ts"
import type { Screen, Stroke } from "../../terminal/Terminal.ts"

const QUESTION = /^ Do you want to (proceed|create|make|allow|overwrite)\b/u
/** Around the dialog, and around what it shows of the tool's input; that is indented, and cannot look like one. */
const RULE = /^─{20,}/u
const INNER = /^╌{20,}/u
const YES = /^ (❯| ) 1\. Yes\b/u
const HINT = /^ Esc to cancel\b/u

const press = (key: "Enter" | "Escape" | "Up"): ReadonlyArray<Stroke> => [{ _tag: "Press", keys: [key] }]

/**
 * The box from its heading (` Bash command`) to the hint at its foot. Above stands what the agent said, which may look like
 * a dialog; the last of its kind is the real one, and nothing but a rule may stand below it.
 */
export const dialog = ({ text }: Screen): Dialog | undefined => {
  const lines = text.split("\n").filter((line) => line.trim() !== "")
  const asked = lines.findLastIndex((line) => QUESTION.test(line))
  const hint = lines.findLastIndex((line) => HINT.test(line))
  if (asked < 0 || hint < asked || lines.slice(hint + 1).some((line) => !RULE.test(line))) return undefined
  const menu = lines.slice(asked + 1, hint)
  const [first = ""] = menu
  if (!YES.test(first)) return undefined
  const top = lines.findLastIndex((line, y) => y < asked && RULE.test(line))
  // Where the pane is too low for all of it, nobody can say what it is about.
  if (top < 0) return undefined
  const box = lines.slice(top + 1, asked)
  const [heading = "", path = ""] = box.map((line) => line.trim())
  const inner = box.slice(
    box.findIndex((line) => INNER.test(line)) + 1,
    box.findLastIndex((line) => INNER.test(line))
  )
  const shown = heading.endsWith(" command") ? inner : box.slice(1).filter((line) => !INNER.test(line))
  return {
    kind: "permission",
    tool: heading,
    detail: shown.join(" ").replaceAll(/\s+/gu, " ").trim().slice(0, 1000),
    about: ({ subject, tool, workingDir }) => {
      if (subject === null || subject === "") return false
      // Whole or not at all: another command may begin like it.
      if (tool === "Bash") return heading === "Bash command" && squeeze(inner.join("\n")) === squeeze(subject)
      return heading.endsWith(" file") && resolve(workingDir, path) === subject
    },
    approve: press(menu.some((line) => /^ ❯ [2-9]\. /u.test(line)) ? "Up" : "Enter"),
    deny: press("Escape")
  }
}
