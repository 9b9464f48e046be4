/** What a command prints: one JSON envelope, or lines for a person. Written with `fs`, for a stream costs 7 ms to load. */
import { writeSync } from "node:fs"
import type { Failure, Reply } from "./Client.ts"
import { codeOf, ExitCode } from "./ExitCode.ts"
import { Unreachable } from "./MiniNats.ts"

/** Writes all of it, also to a slow pipe; a reader that went away ends it. */
const write = (descriptor: number, text: string): void => {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === "EPIPE") return
      if (code !== "EAGAIN") throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

export const print = (text: string): void => write(1, text.endsWith("\n") ? text : `${text}\n`)
export const complain = (text: string): void => write(2, `${text}\n`)

export const refusal = (error: Failure, json: boolean): number => {
  if (json) print(JSON.stringify({ ok: false, error }))
  else complain(`sm: ${error.message}${error.hint === "" ? "" : `\n    ${error.hint}`}`)
  return codeOf(error)
}

/** Prints a reply; `show` makes the lines for a person. */
export const settle = <T>(reply: Reply, json: boolean, show: (data: T) => string): number => {
  if (!reply.ok) return refusal(reply.error, json)
  if (json) print(JSON.stringify({ ok: true, data: reply.data }))
  else {
    const text = show(reply.data as T)
    if (text !== "") print(text)
  }
  return ExitCode.ok
}

/** Whatever was thrown, as an exit code. */
export const failed = (error: unknown, json: boolean): number => {
  if (error instanceof Unreachable) {
    const code = error.sent ? "timeout" : "unavailable"
    return refusal(
      {
        code,
        message: error.message,
        hint: error.sent
          ? "it may have been done all the same: look with sm list or sm trace"
          : "start it with: sm up --detach"
      },
      json
    )
  }
  return refusal(
    {
      code: "internal",
      message: error instanceof Error ? error.message : String(error),
      hint: "this is a defect of sm: please report it"
    },
    json
  )
}
