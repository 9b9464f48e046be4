/** Which files a tool of Claude Code or Codex is about to write, as its PreToolUse hook tells. Pure. */
import { isAbsolute, join, resolve } from "node:path"
import { Option, Schema } from "effect"
import type { Writes } from "../../agents/Agent.ts"
import { isPatch, mayWrite, SHELLS } from "../../domain/Writing.ts"

const Payload = Schema.Struct({
  cwd: Schema.String,
  tool_name: Schema.String,
  tool_input: Schema.Record(Schema.String, Schema.Unknown)
})
const decode = Schema.decodeUnknownOption(Payload)

/** Of Codex's patches: each file has a line of its own, which Codex also takes with room before it. */
const PATCHED = /^[ \t]*\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$/gmu

/** `cd dir && …`: the directory that a command line begins with. */
const CD = /^\s*cd\s+(?:'([^']+)'|"([^"$`]+)"|([^\s;&|"'$`]+))\s*(?:&&|;|\n)/u

/** None: it writes nothing, as far as can be seen. `bash`: commands that plainly write count. */
export const readWrites = (event: string, payload: unknown, bash: boolean): Writes | undefined => {
  const decoded = event === "PreToolUse" ? Option.getOrUndefined(decode(payload)) : undefined
  if (decoded === undefined) return undefined
  const { cwd, tool_input: input, tool_name: tool } = decoded
  if (!isAbsolute(cwd) || !mayWrite(tool, input, bash)) return undefined
  const text = (...names: ReadonlyArray<string>): ReadonlyArray<string> =>
    names.flatMap((name) => (typeof input[name] === "string" ? [input[name]] : []))
  const [command = ""] = text("command", "cmd")
  const [, single, double, plain] = CD.exec(command) ?? []
  const at = SHELLS.includes(tool) ? resolve(cwd, ...text("workdir"), single ?? double ?? plain ?? "") : cwd
  if (SHELLS.includes(tool) && !isPatch(command)) return { tool, paths: [at], whole: true }
  const named = text("file_path", "notebook_path", "path")
  const patched = [...command.matchAll(PATCHED)].map(([, path = ""]) => path.trim())
  const paths = [...new Set([...named, ...patched].map((path) => (isAbsolute(path) ? join(path) : resolve(at, path))))]
  // A tool that writes and does not say where, in a form nobody knows here.
  return paths.length === 0 ? { tool, paths: [at], whole: true } : { tool, paths, whole: false }
}
