/** Hooks of the real agents come late, never, twice and behind others; the truth is what the model behind them was asked. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { SessionCard } from "../../src/domain/Session.ts"
import { answered, cardOf, type Kind, reaches, type RealSm, send, withBoth } from "../support/Driving.ts"
import { makeRealSm, missing } from "../support/RealAgents.ts"
import { until } from "../support/Until.ts"

type Plan = Readonly<Record<string, string>>

const EVENTS = ["UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop"] as const
const TREATMENTS = ["at once", "late", "lost", "twice", "behind"] as const
const plan = (...treatments: ReadonlyArray<string>): Plan =>
  Object.fromEntries(EVENTS.map((event, place) => [event, treatments[place] ?? "at once"]))

const EVERY = TREATMENTS.flatMap((prompt, one) =>
  TREATMENTS.map((stop, two) =>
    plan(prompt, TREATMENTS[(one + two) % 5] ?? "", TREATMENTS[(one + 2 * two) % 5] ?? "", stop)
  )
)
/** disturbedHooks.test.ts plays every combination; here the worst two, and with SM_SOAK every treatment of the prompt with every one of the turn's end. */
const PLANS: Readonly<Record<Kind, ReadonlyArray<Plan>>> =
  process.env["SM_SOAK"] === undefined
    ? { claude: [plan("lost", "twice", "lost", "lost")], codex: [plan("late", "behind", "late", "behind")] }
    : { claude: EVERY, codex: EVERY }

const TOOL: Readonly<Record<Kind, string>> = {
  claude: '[[tool Bash {"command":"for i in 1 2; do sleep 1; done"}]]',
  codex: '[[tool exec_command {"cmd":"sleep 2","yield_time_ms":10000}]]'
}

interface Sample {
  readonly from: number
  readonly to: number
  readonly rests: boolean
  readonly state: string
}

const sampleOf = (sm: RealSm, name: string) =>
  Effect.gen(function* () {
    const from = Date.now()
    const card: SessionCard | undefined = yield* cardOf(sm, name)
    const rests = card?.state === "idle" && card.typed === 0 && card.queued === 0
    return { from, to: Date.now(), rests, state: card?.state ?? "" } satisfies Sample
  })

/** Looks at the session until it has been at rest for a while after the model had said its last word. */
const watched = (sm: RealSm, kind: Kind, mark: string) =>
  Effect.gen(function* () {
    const samples: Array<Sample> = []
    const served = () => (kind === "claude" ? sm.anthropic : sm.openai).served.filter((other) => other.mark === mark)
    yield* until(
      `${kind} is at rest after ${mark}`,
      Effect.gen(function* () {
        samples.push(yield* sampleOf(sm, kind))
        const over = Math.max(0, ...served().map(({ to }) => to))
        const last = samples.findLast(({ rests }) => !rests)
        // What is late comes within this time.
        return served().length >= 2 &&
          samples.at(-1)?.rests === true &&
          Date.now() - Math.max(over, last?.to ?? 0) > 4000
          ? true
          : undefined
      }),
      60
    ).pipe(Effect.catch(({ message }) => Effect.die(new Error(`${message}: ${JSON.stringify(samples.slice(-5))}`))))
    const work = { from: Math.min(...served().map(({ from }) => from)), to: Math.max(...served().map(({ to }) => to)) }
    return { samples, work }
  })

describe.skipIf(missing !== undefined)("a real agent whose hooks come late, never, twice or behind others", () => {
  it.live(
    "is never said to be at rest while the model behind it works, and stays at rest once it is",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        const disturber = join(import.meta.dirname, "../support/hook-disturber.cjs")
        yield* withBoth((kind) =>
          Effect.gen(function* () {
            const file = join(sm.home, `plan-${kind}.json`)
            writeFileSync(file, "{}")
            const env = ["--env", `NODE_OPTIONS=--require ${disturber}`, "--env", `PLAN_FILE=${file}`]
            const own = kind === "claude" ? ["--", "--allowedTools", "Bash"] : []
            yield* sm.json("spawn", kind, "--name", kind, ...env, ...own)
            yield* reaches(sm, kind, "idle")
            for (const [turn, hooks] of PLANS[kind].entries()) {
              const mark = `${kind}-${turn}`
              writeFileSync(file, JSON.stringify(hooks))
              const id = yield* send(sm, kind, `[[mark ${mark}]] [[sleep 1]] ${TOOL[kind]} [[sleep 2]] [[text done]]`)
              const { samples, work } = yield* watched(sm, kind, mark)
              const during = samples.filter(({ from, to }) => from >= work.from && to <= work.to)
              // Where the prompt's hook is lost it takes a look to see it begin; from then on it works to the end.
              const begun = during.findIndex(({ rests }) => !rests)
              const said = JSON.stringify([mark, hooks, work, samples])
              assert.isAtLeast(begun, 0, `never said to work: ${said}`)
              assert.isTrue(
                during.slice(begun).every(({ rests }) => !rests),
                `said to be at rest at work: ${said}`
              )
              const ended = samples.findIndex(({ from, rests }) => rests && from >= work.to)
              assert.isTrue(
                samples.slice(ended).every(({ rests }) => rests),
                `said to work at rest: ${said}`
              )
              yield* answered(sm, id)
            }
          })
        )
      }).pipe(Effect.scoped),
    PLANS.claude.length * 120_000
  )
})
