/** Codex's permission dialogs, as far as they can be told exactly. Pure; tested against recorded screens. */
import { basename } from "node:path"
import type { Dialog } from "../../agents/Asking.ts"
import { squeeze } from "../../domain/Squeeze.ts"
import type { Screen, Stroke } from "../../terminal/Terminal.ts"

const QUESTION = /^ {2}Would you like to (run|make|grant|allow)\b/u
const YES = /^[ ›] 1\. Yes, proceed \(y\)/u
const HINT = /^ {2}Press enter to confirm or esc to\b/u

const press = (key: "Enter" | "Escape" | "Up"): ReadonlyArray<Stroke> => [{ _tag: "Press", keys: [key] }]

/** What a patch touches. */
const filesOf = (patch: string): ReadonlyArray<string> =>
  [...patch.matchAll(/^\*\*\* (?:Add|Update|Delete) File: (.+)$/gmu)].map(([, path = ""]) => path.trim())

/** From its question to the hint at its foot, below which nothing stands; what the model says is never there. */
export const dialog = ({ text }: Screen): Dialog | undefined => {
  const lines = text.split("\n").filter((line) => line.trim() !== "")
  const asked = lines.findLastIndex((line) => QUESTION.test(line))
  const hint = lines.findLastIndex((line) => HINT.test(line))
  const yes = lines.findIndex((line, y) => y > asked && YES.test(line))
  // Below a hint that is cut in two lines stands its other half.
  if (asked < 0 || yes < asked || hint < yes || lines.length - hint > 2) return undefined
  const box = lines.slice(asked + 1, yes)
  // Too much for the pane: nobody can say what it is about.
  if (box.some((line) => /^ {2}\[… \d+ lines\]/u.test(line))) return undefined
  // The last: the reason above it is in the model's words.
  const command = box.findLastIndex((line) => line.startsWith("  $ "))
  const shown = command < 0 ? box : box.slice(command)
  const content = squeeze(shown.join("\n"))
  return {
    kind: "permission",
    tool: command < 0 ? "apply_patch" : "Bash",
    detail: shown.join(" ").replaceAll(/\s+/gu, " ").trim().replace(/^\$ /u, "").slice(0, 1000),
    about: ({ subject, tool }) => {
      if (subject === null || subject === "") return false
      if (tool === "Bash") return command >= 0 && content === `$${squeeze(subject)}`
      const files = tool === "apply_patch" && command < 0 ? filesOf(subject) : []
      return files.length > 0 && files.every((path) => content.includes(squeeze(basename(path))))
    },
    approve: press((lines[yes] ?? "").startsWith("›") ? "Enter" : "Up"),
    deny: press("Escape")
  }
}
