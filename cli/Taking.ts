/** Takes a lease, waiting in short questions with one ticket: a daemon that starts anew is asked again. */
import type { Lease } from "../src/domain/Lock.ts"
import type { Output } from "../src/gateway/Api.ts"
import { ask } from "./Client.ts"
import { here } from "./Here.ts"
import { makeTicket } from "./MakeId.ts"
import { complain } from "./Output.ts"
import type { Failure } from "./Reply.ts"

export interface Wish {
  readonly reason: string
  readonly path?: string
  readonly waitMs: number
  readonly ttlMs?: number
}

type Answer = Output<"lock">

/** A daemon that dies answers nobody, and nothing tells so: this long, ms, a question may go unnoticed. */
const SLICE = 5000
/** An answer may be so late, ms. */
const SLACK = 3000
/** A daemon is given this long to come back, ms. */
const PATIENCE = 20_000
/** A terminal that is closed, or a tool that takes too long, wants it no more than who presses Ctrl-C; exit codes as of shells. */
const INTERRUPTS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
const SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM"] as const

/** Whoever interrupts the waiting waits no more, and says so to the daemon. */
const onInterrupt = (ticket: string): (() => void) => {
  const stop = (signal: keyof typeof INTERRUPTS) =>
    void ask("giveUpLock", { ticket }, { repeatable: true, deadline: 2000, patience: 1000 })
      .then((reply) => {
        if (reply.ok && (reply.data as Answer).outcome === "granted")
          complain("sm: it was granted meanwhile: sm unlock gives it back")
      })
      .catch(() => complain("sm: the daemon does not answer: the request ends by its own time"))
      .finally(() => process.exit(INTERRUPTS[signal]))
  for (const signal of SIGNALS) process.once(signal, stop)
  return () => {
    for (const signal of SIGNALS) process.removeListener(signal, stop)
  }
}

const refused = (code: string, message: string, hint: string): Failure => ({ code, message, hint })

export const take = async (wish: Wish): Promise<Lease | Failure> => {
  const ticket = makeTicket()
  const { cwd } = here()
  if (cwd === undefined) return refused("wrong-state", "this directory does not exist any more", "cd to another")
  const end = Date.now() + wish.waitMs
  const free = onInterrupt(ticket)
  try {
    for (;;) {
      const forMs = Math.min(SLICE, Math.max(0, end - Date.now()))
      const reply = await ask(
        "lock",
        { ...wish, cwd, ticket, forMs },
        { repeatable: true, deadline: forMs + SLACK, patience: PATIENCE }
      )
      if (!reply.ok) return reply.error
      const { lease, outcome, why } = reply.data as Answer
      if (lease !== null) return lease
      if (outcome === "over") {
        const late = wish.waitMs > 0 && Date.now() >= end
        return refused(late ? "timeout" : "wrong-state", why, "sm locks shows who has what")
      }
      if (Date.now() < end) continue
      const last = await ask("giveUpLock", { ticket }, { repeatable: true })
      // It was granted between the two: asked once more it says so.
      if (last.ok && (last.data as Answer).outcome === "granted") continue
      return refused("timeout", `it was not free in the time given: ${why}`, "sm locks shows who has what")
    }
  } finally {
    free()
  }
}
