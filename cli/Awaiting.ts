/** Waits until a message is submitted, answered or past hope, in short questions: a daemon that starts anew is asked again. */
import { ask } from "./Client.ts"
import { ExitCode } from "./ExitCode.ts"
import type { Failure } from "./Reply.ts"
import { Unreachable } from "./Unreachable.ts"

export type Until = "submitted" | "answered"

interface Traced {
  readonly status: string
  readonly answer: string | null
  readonly final: boolean
  readonly hops: ReadonlyArray<{ readonly evidence: string }>
}

/** How it ended, or how far it has come when the time is up. */
export interface End {
  readonly state: string
  readonly answer: string | null
  readonly evidence: string
  /** Nothing better will come. */
  readonly final: boolean
}

/** A daemon that dies answers nobody, and nothing tells so: this long, ms, a question may go unnoticed. */
const SLICE = 5000
/** A daemon is given this long to come back, ms. */
const PATIENCE = 20_000

const reached = (status: string, until: Until): boolean =>
  status === "answered" || (until === "submitted" && status === "submitted")

export const codeOfEnd = ({ final, state }: End, until: Until): number =>
  reached(state, until) ? ExitCode.ok : final ? ExitCode.refused : ExitCode.timeout

/** `timeout` in ms. A failure is one of the waiting: the message is stored. */
export const awaitEnd = async (messageId: string, until: Until, timeout: number): Promise<End | Failure> => {
  const end = Date.now() + timeout
  for (;;) {
    const timeoutMs = Math.min(SLICE, Math.max(0, end - Date.now()))
    const reply = await ask(
      "wait",
      { messageId, until, timeoutMs },
      { repeatable: true, deadline: timeoutMs + 3000, patience: PATIENCE }
    ).catch((error: unknown) => {
      if (!(error instanceof Unreachable)) throw error
      // Only the waiting has failed: who sends it again without its id sends it twice.
      const message = `${messageId} is stored, but what became of it cannot be said now: ${error.message}`
      const code = error.sent ? "timeout" : "unavailable"
      return {
        ok: false,
        error: { code, message, hint: `do not send it again; later: sm trace ${messageId}` }
      } as const
    })
    if (!reply.ok) return reply.error
    const { answer, final, hops, status } = reply.data as Traced
    if (final || reached(status, until) || Date.now() >= end)
      return { state: status, answer, evidence: hops.at(-1)?.evidence ?? "", final }
  }
}
