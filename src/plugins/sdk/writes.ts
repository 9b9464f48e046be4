/** Which files a tool of Claude Code or Codex is about to write, as its PreToolUse hook tells. Pure. */
import { isAbsolute, join, resolve } from "node:path"
import { Option, Schema } from "effect"
import type { Writes } from "../../agents/Agent.ts"
import { isPatch, mayWrite, SHELLS } from "../../domain/Writing.ts"

const Text = Schema.optionalKey(Schema.NullOr(Schema.String))
const Payload = Schema.Struct({
  cwd: Schema.String,
  tool_name: Schema.String,
  tool_input: Schema.Struct({
    file_path: Text,
    notebook_path: Text,
    path: Text,
    command: Text,
    cmd: Text,
    workdir: Text
  })
})
const decode = Schema.decodeUnknownOption(Payload)

/** Of Codex's patches: each file has a line of its own. */
const PATCHED = /^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+?)\s*$/gmu

/** `cd dir && …`: the directory that a command line begins with. */
const CD = /^\s*cd\s+(?:'([^']+)'|"([^"$`]+)"|([^\s;&|"'$`]+))\s*(?:&&|;|\n)/u

/** None: it writes nothing, as far as can be seen. `bash`: commands that plainly write count. */
export const readWrites = (event: string, payload: unknown, bash: boolean): Writes | undefined => {
  const decoded = event === "PreToolUse" ? Option.getOrUndefined(decode(payload)) : undefined
  if (decoded === undefined) return undefined
  const { cwd, tool_input: input, tool_name: tool } = decoded
  if (!isAbsolute(cwd) || !mayWrite(tool, input, bash)) return undefined
  const command = input.command ?? input.cmd ?? ""
  const [, single, double, plain] = CD.exec(command) ?? []
  const at = SHELLS.includes(tool) ? resolve(cwd, input.workdir ?? "", single ?? double ?? plain ?? "") : cwd
  if (SHELLS.includes(tool) && !isPatch(command)) return { tool, paths: [at], whole: true }
  const named = [input.file_path ?? input.notebook_path ?? input.path].flatMap((path) => path ?? [])
  const patched = [...command.matchAll(PATCHED)].map(([, path = ""]) => path)
  const paths = [...new Set([...named, ...patched].map((path) => (isAbsolute(path) ? join(path) : resolve(at, path))))]
  // A tool that writes and does not say where, in a form nobody knows here.
  return paths.length === 0 ? { tool, paths: [at], whole: true } : { tool, paths, whole: false }
}
