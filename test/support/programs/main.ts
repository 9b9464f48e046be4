/** Runs a scripted program in a real pane: `node main.ts <program> [argument…]`. */
import type { Program } from "./Program.ts"
import { programs } from "./programs.ts"

const [, , name = "", ...args] = process.argv
const all: Readonly<Record<string, Program | undefined>> = programs
const program = all[name]
if (program === undefined) throw new Error(`no program ${name}`)

process.stdin.setRawMode(true)
process.stdin.setEncoding("utf8")
const take = program({
  args,
  env: Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))
  ),
  cwd: process.cwd(),
  write: (text) => void process.stdout.write(text),
  exit: (status) => process.exit(status)
})
process.stdin.on("data", (chunk: string) => take(chunk))
