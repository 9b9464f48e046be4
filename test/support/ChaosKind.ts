/** The agent kinds of the chaos test, as a plugin: with a door, with a line behind the work, or with neither. */
import { createConnection } from "node:net"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import {
  type AgentAdapter,
  DoorClosed,
  definePlugin,
  Roster,
  type Seat,
  type Stroke
} from "../../src/plugins/sdk/index.ts"
import { adapter as command } from "../../src/plugins/command/index.ts"
import { squeeze } from "../../src/domain/Squeeze.ts"
import { entriesOf } from "./ChaosDiary.ts"

const Config = Schema.Struct({
  way: Schema.Literals(["plain", "door", "steer"]),
  program: Schema.NonEmptyArray(Schema.String),
  dir: Schema.String,
  log: Schema.String
})

const ESCAPE: ReadonlyArray<Stroke> = [{ _tag: "Press", keys: ["Escape"] }]

const handIn = (path: string, words: string): Effect.Effect<void, DoorClosed> =>
  Effect.callback<void, DoorClosed>((resume) => {
    let sent: "no" | "maybe" = "no"
    const socket = createConnection(path, () => {
      sent = "maybe"
      socket.end(words)
    })
    socket.once("error", ({ message }) => resume(Effect.fail(new DoorClosed({ reason: message, sent }))))
    socket.resume().once("close", (failed) => failed || resume(Effect.void))
    return Effect.sync(() => socket.destroy())
  })

const kind = ({ dir, log, program, way }: typeof Config.Type): AgentAdapter => {
  const plain = command({
    kind: way,
    run: program,
    ready: "^ready",
    busy: "^working",
    reports: true,
    env: { CHAOS_DIR: dir, CHAOS_WAY: way, CHAOS_LOG: log, CHAOS_KIND: way }
  })
  const ways =
    way === "door"
      ? {
          door: {
            admits: "agents" as const,
            deliver: (seat: Seat, text: string, pace: "next" | "now") =>
              handIn(join(dir, `${seat.sessionId}.sock`), JSON.stringify({ text, pace })),
            hasten: []
          }
        }
      : way === "steer"
        ? { steering: { type: plain.submit, hasten: [] } }
        : {}
  return {
    ...plain,
    ...ways,
    interrupt: ESCAPE,
    read: (screen) => ({ ...plain.read(screen), queued: /^queued/mu.test(screen.text) }),
    submitted: ({ sessionId }, text) =>
      Effect.sync(() => {
        // A kind that keeps no transcript.
        if (way === "plain") return "unknown"
        const words = squeeze(text)
        const about = entriesOf(dir, sessionId).filter(
          (entry) => entry.op !== "over" && squeeze(entry.text).includes(words)
        )
        if (about.some(({ op }) => op === "read")) return "yes"
        return about.length > 0 ? "queued" : "no"
      })
  }
}

export const chaosKind = definePlugin({
  name: "chaos",
  config: Config,
  capabilities: ["agents"],
  setup: (config) => Effect.flatMap(Roster, (roster) => roster.register(kind(config)))
})
