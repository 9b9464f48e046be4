/** What a command prints: one JSON envelope, or lines for a person. Written with `fs`, for a stream costs 7 ms to load. */
import { writeSync } from "node:fs"
import { codeOf, ExitCode } from "./ExitCode.ts"
import { Unreachable } from "./Unreachable.ts"
import { Misuse } from "./Misuse.ts"
import type { Failure, Reply } from "./Reply.ts"

/** Writes all of it, also to a slow pipe. False when the reader went away. */
const write = (descriptor: number, text: string): boolean => {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === "EPIPE") return false
      if (code !== "EAGAIN") throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
  return true
}

/** Much of what is shown was written by agents: nothing of it may move the cursor, or name the terminal. */
export const harmless = (text: string): string => text.replaceAll(/[^\P{Cc}\n\t]/gu, "")

export const print = (text: string): boolean => write(1, harmless(text.endsWith("\n") ? text : `${text}\n`))
export const complain = (text: string): void => void write(2, `${harmless(text)}\n`)

export const refusal = (error: Failure, json: boolean): number => {
  if (json) print(JSON.stringify({ ok: false, error }))
  else complain(`sm: ${error.message}${error.hint === "" ? "" : `\n    ${error.hint}`}`)
  return codeOf(error)
}

/** What worked: the envelope, or lines. */
export const done = (data: unknown, json: boolean, lines: string): number => {
  if (json) print(JSON.stringify({ ok: true, data }))
  else if (lines !== "") print(lines)
  return ExitCode.ok
}

/** Prints a reply; `show` makes the lines for a person. */
export const settle = <T>(reply: Reply, json: boolean, show: (data: T) => string): number =>
  reply.ok ? done(reply.data, json, json ? "" : show(reply.data as T)) : refusal(reply.error, json)

/** Whatever was thrown, as a failure the caller can act on. */
const failureOf = (error: unknown): Failure => {
  if (error instanceof Misuse) return { code: "invalid", message: error.message, hint: error.hint }
  if (error instanceof Unreachable) {
    return error.sent
      ? {
          code: "timeout",
          message: error.message,
          hint: "it may have been done all the same: look with sm list or sm trace"
        }
      : {
          code: "unavailable",
          message: error.message,
          hint:
            process.env["SM_CREDENTIALS"] === undefined
              ? "start it with: sm up --detach"
              : "the person at the keyboard starts it, with sm up --detach"
        }
  }
  return {
    code: "internal",
    message: error instanceof Error ? error.message : String(error),
    hint: "this is a defect of sm: please report it with what SM_DEBUG=1 adds"
  }
}

/** Says what was thrown; answers the exit code. `SM_DEBUG` adds where it came from. */
export const failed = (error: unknown, json: boolean): number => {
  if (process.env["SM_DEBUG"] && error instanceof Error) complain(error.stack ?? "")
  return refusal(failureOf(error), json)
}
