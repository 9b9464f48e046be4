/**
 * Claude Code's peer socket: one line of JSON is another agent's message. Its wire format is not documented; what it does
 * was tried with 2.1.330, and `test/agents/doors.test.ts` tries it again.
 */
import { connect } from "node:net"
import { Effect } from "effect"
import type { Seat } from "../../agents/Agent.ts"
import { type Door, DoorClosed } from "../../agents/Door.ts"
import { registered } from "./registry.ts"

/** The agent reads within a few ms; a loaded machine may take longer. */
const PATIENCE = "3 seconds"

/** Sends one line. Done when the agent has taken it off the socket, for only then it closes its side. */
const send = (path: string, line: string): Effect.Effect<void, DoorClosed> =>
  Effect.suspend(() => {
    let sent: "no" | "maybe" = "no"
    return Effect.callback<void, DoorClosed>((resume) => {
      const socket = connect(path, () => {
        sent = "maybe"
        socket.end(line)
      })
      socket.once("error", ({ message }) => resume(Effect.fail(new DoorClosed({ reason: message, sent }))))
      // Whatever it answers is of no use: without reading it the end would not be seen.
      socket.resume().once("close", (failed) => failed || resume(Effect.void))
      return Effect.sync(() => socket.destroy())
    }).pipe(
      Effect.timeoutOrElse({
        duration: PATIENCE,
        orElse: () => Effect.fail(new DoorClosed({ reason: "nobody reads", sent }))
      })
    )
  })

export const door: Door = {
  admits: "agents",
  deliver: Effect.fnUntraced(function* (seat: Seat, text: string, pace: "next" | "now") {
    const path = (yield* registered(seat))?.messagingSocketPath
    if (path === undefined) return yield* new DoorClosed({ reason: "the agent has none", sent: "no" })
    const message = { type: "user", message: { role: "user", content: text }, from: "sm", priority: pace }
    yield* send(path, `${JSON.stringify(message)}\n`)
  }),
  // To the background with what runs. In the composer, when nothing does, it moves the cursor.
  hasten: [{ _tag: "Press", keys: ["C-b"] }]
}
