/** A file or folder is named after a concept. These names say "everything else", and everything else ends up there. */
import { pathOf, rule } from "./Rule.ts"

const GROUNDS = new Set([
  "utils",
  "util",
  "helpers",
  "helper",
  "common",
  "shared",
  "types",
  "constants",
  "errors",
  "misc"
])
/** Where `index.ts` is an entry that others name by its folder. */
const ENTRIES = /^(?:src\/plugins\/[^/]+|cli\/commands)\/index\.ts$/u

export const noDumpingGround = rule((context) => ({
  Program: (node) => {
    const path = pathOf(context)
    const ground = path
      .split("/")
      .map((part) => part.replace(/\.\w+$/u, ""))
      .find((part) => GROUNDS.has(part.toLowerCase()))
    if (ground !== undefined) context.report({ node, message: `"${ground}" names no concept: call it what it is` })
    if (/(?:^|\/)index\.\w+$/u.test(path) && !ENTRIES.test(path))
      context.report({
        node,
        message: "index.ts is for plugins and the list of commands: name the file after its concept"
      })
  }
}))
