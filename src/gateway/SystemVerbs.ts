/** Verbs about the system itself: health, dead letters. */
import { Clock, Effect, Option, Schema } from "effect"
import { ActorSystem } from "../actors/ActorSystem.ts"
import { addressText } from "../actors/ActorRef.ts"
import { Broker, type DeadLetter } from "../broker/Broker.ts"
import { Directory } from "../broker/Directory.ts"
import { isLive } from "../domain/Session.ts"
import { Terminal } from "../terminal/Terminal.ts"
import { type Check, type Input, type Output, Refusal } from "./Api.ts"

const Tagged = Schema.fromJsonString(Schema.Struct({ tag: Schema.String }))
const tagOf = Schema.decodeOption(Tagged)

const view = (letter: DeadLetter): Output<"dropDeadLetter"> => ({
  seq: letter.seq,
  at: letter.at,
  reason: letter.reason,
  address: addressText(letter.mail.to),
  tag: Option.match(tagOf(letter.mail.body), { onNone: () => "?", onSome: ({ tag }) => tag }),
  body: letter.mail.body
})

const one = (seq: number) =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const letter = (yield* broker.deadLetters(10_000)).find((other) => other.seq === seq)
    return (
      letter ??
      (yield* new Refusal({
        code: "not-found",
        message: `there is no dead letter ${seq}`,
        hint: "sm dead-letters lists them"
      }))
    )
  })

export const deadLetters = Effect.gen(function* () {
  const broker = yield* Broker
  return (yield* broker.deadLetters(1000)).map(view)
})

/** Posted again under a new id, for the old one is remembered as handled. */
export const replayDeadLetter = ({ seq }: Input<"replayDeadLetter">) =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const letter = yield* one(seq)
    yield* broker.post({ ...letter.mail, id: `${letter.mail.id}-replay-${seq}` })
    yield* broker.unbury(seq)
    return view(letter)
  })

export const dropDeadLetter = ({ seq }: Input<"dropDeadLetter">) =>
  Effect.gen(function* () {
    const broker = yield* Broker
    const letter = yield* one(seq)
    yield* broker.unbury(seq)
    return view(letter)
  })

export interface About {
  readonly version: string
  readonly host: string
  readonly startedAt: number
  /** Checks of what the gateway does not know: the broker's process, plugins. */
  readonly checks: Effect.Effect<ReadonlyArray<typeof Check.Type>>
}

/** `more`: of what has verbs of its own. */
export const health = <E, R>(about: About, ...more: ReadonlyArray<Effect.Effect<typeof Check.Type, E, R>>) =>
  Effect.gen(function* () {
    const directory = yield* Directory
    const actors = yield* ActorSystem
    const terminal = yield* Terminal
    const failures = yield* actors.failures
    const cards = yield* directory.all
    const pane = yield* Effect.result(terminal.list)
    const now = yield* Clock.currentTimeMillis
    const stuck = cards.filter((card) => card.queued > 0 && isLive(card.state) && now - card.since > 600_000)
    const checks: ReadonlyArray<typeof Check.Type> = [
      ...(yield* about.checks),
      pane._tag === "Success"
        ? { name: "terminal", state: "ok", detail: `${pane.success.length} panes`, fix: "" }
        : { name: "terminal", state: "fail", detail: pane.failure.message, fix: "install tmux 3.3 or later" },
      failures.size === 0
        ? { name: "actors", state: "ok", detail: "none failed", fix: "" }
        : {
            name: "actors",
            state: "fail",
            detail: [...failures].map(([name, reason]) => `${name}: ${reason.split("\n")[0]}`).join("; "),
            fix: "sm dead-letters; the log has the whole story"
          },
      stuck.length === 0
        ? { name: "delivery", state: "ok", detail: "nothing waits for long", fix: "" }
        : {
            name: "delivery",
            state: "warn",
            detail: `${stuck.map((card) => `${card.name} (${card.state}, ${card.queued} waiting)`).join(", ")}`,
            fix: `sm attach ${stuck[0]?.name}`
          },
      ...(yield* Effect.all(more, { concurrency: "unbounded" }))
    ]
    const output: Output<"health"> = {
      version: about.version,
      pid: process.pid,
      host: about.host,
      startedAt: about.startedAt,
      sessions: cards.filter((card) => isLive(card.state)).length,
      rss: process.memoryUsage().rss,
      checks
    }
    return output
  })
