/** Messages of every mode to the real agents: from acceptance until they are handed over, or the agent says that it has them. */
import { Effect } from "effect"
import type { Hop } from "../src/domain/Message.ts"
import { makeMessageId } from "../src/domain/Ids.ts"
import { makeRealSm, missing } from "../test/support/RealAgents.ts"
import { answered, KINDS, type Kind, type RealSm } from "../test/support/Driving.ts"
import { until } from "../test/support/Until.ts"
import { bareNode } from "./commands.ts"
import type { Plan } from "./Plan.ts"
import { pastes } from "./Raw.ts"
import { median, quantile } from "./Stats.ts"
import { ms, type Row } from "./Table.ts"

/** Ms until an urgent message is read by an agent at work. */
const TARGET = 500
/** S for which a tool runs before it is interrupted: Claude Code moves nothing younger to the background. */
const TOOL = 5

const hopsOf = (sm: RealSm, id: string) =>
  Effect.map(sm.json("trace", id), (data) => (data as never as { readonly hops: ReadonlyArray<Hop> }).hops)
const at = (hops: ReadonlyArray<Hop>, status: Hop["status"]): number =>
  hops.find((hop) => hop.status === status)?.at ?? Number.NaN

type Work = "idle" | "speaking" | "in a tool" | "in a short tool"
/** In a loop: Claude Code refuses a bare `sleep`, and Codex gives a command up for the background after ten seconds. */
const tool = (kind: Kind, command: string): string =>
  kind === "claude"
    ? `[[tool Bash ${JSON.stringify({ command })}]]`
    : `[[tool exec_command ${JSON.stringify({ cmd: command, yield_time_ms: 30_000 })}]]`
const WORK: Readonly<Record<Exclude<Work, "idle">, (kind: Kind) => string>> = {
  // Begun with: what an agent has not begun it puts back into its composer when it is interrupted.
  speaking: (kind) => `${tool(kind, "true")} [[sleep 120]] [[text never]]`,
  "in a tool": (kind) => `${tool(kind, "for i in $(seq 60); do sleep 1; done")} [[text never]]`,
  "in a short tool": (kind) => `${tool(kind, "for i in $(seq 8); do sleep 1; done")} [[text over]]`
}

interface Case {
  readonly mode: "sequential" | "important" | "urgent"
  readonly work: Work
  readonly by: "an agent" | "a person"
  /** The hop up to which the time counts. An important message is read when the tool is over, which is not sm's time. */
  readonly hop: "injected" | "submitted"
}
const both = ["an agent", "a person"] as const
const CASES: ReadonlyArray<Case> = [
  { mode: "sequential", work: "idle", by: "an agent", hop: "submitted" },
  { mode: "important", work: "in a short tool", by: "an agent", hop: "injected" },
  ...(["speaking", "in a tool"] as const).flatMap((work) =>
    both.map((by): Case => ({ mode: "urgent", work, by, hop: "submitted" }))
  )
]

const busyWith = Effect.fnUntraced(function* (sm: RealSm, kind: Kind, work: Exclude<Work, "idle">) {
  const busy = yield* sm.json("send", kind, WORK[work](kind), "--wait=submitted")
  yield* until(
    `it is ${work}`,
    Effect.map(sm.json("tail", kind), (data) => {
      const { actions } = data as never as { readonly actions: ReadonlyArray<{ readonly took: number | null }> }
      const last = actions.at(-1)
      return (last !== undefined && (last.took === null) === (work !== "speaking")) || undefined
    })
  )
  yield* Effect.sleep(work === "in a tool" ? TOOL * 1000 : 1000)
  return String(busy["messageId"])
})

/** Ms from accepted to the case's hop, of messages to this agent. */
const samples = Effect.fnUntraced(function* (sm: RealSm, kind: Kind, { by, hop, mode, work }: Case, rounds: number) {
  const times: Array<number> = []
  for (let round = 0; round < rounds; round++) {
    const busy = work === "idle" ? undefined : yield* busyWith(sm, kind, work)
    const id = yield* makeMessageId
    const words = `[[text done ${round}]]`
    if (by === "a person") yield* sm.json("send", kind, words, `--${mode}`, "--message-id", id)
    else yield* sm.sm("send", "boss", `sm send ${kind} '${words}' --${mode} --message-id ${id}`)
    yield* until(
      "it is accepted",
      Effect.map(sm.sm("trace", id), ({ code }) => code === 0 || undefined)
    )
    yield* answered(sm, id)
    const hops = yield* hopsOf(sm, id)
    times.push(at(hops, hop) - at(hops, "accepted"))
    if (busy !== undefined) yield* answered(sm, busy)
  }
  return times
})

export const modes = Effect.fnUntraced(function* ({ modes: rounds }: Plan) {
  if (missing !== undefined) return []
  const sm = yield* makeRealSm
  yield* sm.json("spawn", "shell", "--name", "boss")
  yield* sm.json("spawn", "claude", "--name", "claude", "--", "--allowedTools", "Bash")
  yield* sm.json("spawn", "codex", "--name", "codex")
  const node = median(Array.from({ length: 10 }, bareNode))
  const paste = median(yield* pastes(10))
  const rows: Array<Row> = []
  for (const kind of KINDS) {
    for (const one of CASES) {
      const { by, hop, mode, work } = one
      const times = yield* samples(sm, kind, one, rounds)
      rows.push({
        what: `${mode} from ${by} → ${hop}, ${kind} ${work}`,
        measured: `${ms(median(times))}, worst ${ms(quantile(times, 1))}`,
        ceiling: `${ms(node + paste)}: node -e 0 + tmux paste`,
        ratio: median(times) / (node + paste),
        ...(mode === "urgent" ? { target: "p50 ≤ 0.5 s", met: median(times) <= TARGET } : {})
      })
    }
  }
  return rows
}, Effect.scoped)
