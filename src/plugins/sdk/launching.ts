/** What adapters of command-line agents need to start one: its binary, and commands for its hooks. */
import { accessSync, constants } from "node:fs"
import { delimiter, isAbsolute, join } from "node:path"
import { Effect } from "effect"
import { AgentError, type Gate } from "../../agents/Agent.ts"

/** One word for `sh`. */
const word = (text: string): string =>
  /^[A-Za-z0-9_./:=@%+-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`

export interface Hook {
  readonly type: "command"
  readonly command: string
  /** Seconds. */
  readonly timeout: number
}

/** For so long a hook may wait for a person's answer, s; the command itself gives up before (`cli/hot/permission.ts`). */
const ANSWERED = 600

/** The shell command that reports an event of an agent kind to `sm`: absolute, so that it needs no PATH. */
export const hookCommand = (
  sm: ReadonlyArray<string>,
  kind: string,
  event: string,
  more: ReadonlyArray<string> = []
): Hook => ({
  type: "command",
  command: [...sm, "hook", kind, event, ...more].map(word).join(" "),
  timeout: event === "PermissionRequest" ? ANSWERED : 30
})

/** The same before a tool that may write: it waits for the lock. */
export const gateCommand = (sm: ReadonlyArray<string>, kind: string, { timeout }: Gate): Hook => ({
  ...hookCommand(sm, kind, "PreToolUse", ["gate"]),
  timeout
})

/** The absolute path of a program, looked for in the agent's own PATH. */
export const onPath = (
  provider: string,
  program: string,
  env: Readonly<Record<string, string>>,
  fix: string
): Effect.Effect<string, AgentError> =>
  Effect.suspend(() => {
    const candidates = program.includes("/")
      ? [program]
      : (env["PATH"] ?? "")
          .split(delimiter)
          .filter(isAbsolute)
          .map((folder) => join(folder, program))
    const found = candidates.find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
    return found === undefined
      ? Effect.fail(new AgentError({ provider, problem: `${program} is not on PATH`, fix }))
      : Effect.succeed(found)
  })
