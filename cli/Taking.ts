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
const INTERRUPTED = 130

/** Whoever interrupts the waiting waits no more, and says so to the daemon. */
const onInterrupt = (ticket: string): (() => void) => {
  const stop = () =>
    void ask("giveUpLock", { ticket }, { repeatable: true, deadline: 2000, patience: 1000 })
      .then((reply) => {
        if (reply.ok && (reply.data as Answer).outcome === "granted")
          complain("sm: it was granted meanwhile: sm unlock gives it back")
      })
      .catch(() => complain("sm: the daemon does not answer: the request ends by its own time"))
      .finally(() => process.exit(INTERRUPTED))
  process.once("SIGINT", stop)
  return () => void process.removeListener("SIGINT", stop)
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
      await ask("giveUpLock", { ticket }, { repeatable: true })
      return refused("timeout", `it was not free in the time given: ${why}`, "sm locks shows who has what")
    }
  } finally {
    free()
  }
}
