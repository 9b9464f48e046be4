/** The programs that the terminal contract is tested with. */
import { appendFileSync, writeFileSync } from "node:fs"
import type { Program } from "./Program.ts"

/** Writes every byte it is given to the file named by its argument, in raw mode with bracketed paste. */
const receiver: Program = ({ args: [file = ""], write }) => {
  write("\u001b[?2004hready\r\n")
  writeFileSync(file, "")
  return (bytes) => appendFileSync(file, bytes)
}

/** Draws what it is told by lines of JSON: `{"write": text}`; ends with `{"exit": status}`. */
const painter: Program = ({ exit, write }) => {
  let rest = ""
  write("ready\r\n")
  return (bytes) => {
    rest += bytes.replaceAll("\r", "\n")
    const lines = rest.split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) {
      if (line === "") continue
      const order = JSON.parse(line) as { readonly write?: string; readonly exit?: number }
      if (order.write !== undefined) write(order.write)
      if (order.exit !== undefined) exit(order.exit)
    }
  }
}

/** Writes its environment and directory to the file named by its argument. */
const reporter: Program = ({ args: [file = ""], cwd, env, write }) => {
  writeFileSync(file, JSON.stringify({ cwd, env }))
  write("ready\r\n")
  return () => undefined
}

/** Ends at once with the status given. */
const quitter: Program = ({ args: [status = "0"], exit }) => {
  exit(Number(status))
  return () => undefined
}

export const programs = { receiver, painter, reporter, quitter }
export type ProgramName = keyof typeof programs
