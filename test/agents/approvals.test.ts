/** Who answers what a real agent asks leave for: from afar by its hook, in its pane, by keys, by a rule; and over a dead daemon. */
import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Approval } from "../../src/domain/Approval.ts"
import {
  answered,
  back,
  kill,
  type Kind,
  panePid,
  press,
  reaches,
  type RealSm,
  screen,
  send,
  showsText,
  withBoth
} from "../support/Driving.ts"
import { makeRealSmWith, missing } from "../support/RealAgents.ts"
import { attached } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

/** A command that needs leave, and what the agent says when it has run or was refused. */
const asks = (kind: Kind, command: string, then: string): string =>
  kind === "claude"
    ? `[[tool Bash ${JSON.stringify({ command })}]] [[text ${then}]]`
    : `[[tool exec_command ${JSON.stringify({ cmd: command, sandbox_permissions: "require_escalated", justification: "it must be" })}]] [[text ${then}]]`

interface Listed {
  readonly open: ReadonlyArray<Approval>
  readonly answered: ReadonlyArray<Approval>
}
const listed = (sm: RealSm) => Effect.map(sm.json("approvals", "--all"), (data) => data as never as Listed)
const open = (sm: RealSm, kind: Kind, command: string) =>
  until(
    `${kind} asks for ${command}`,
    Effect.map(listed(sm), ({ open: all }) => all.find(({ detail, name }) => name === kind && detail === command)),
    30
  )
/** The hook that waits in this agent's process tree. */
const killHook = (sm: RealSm, kind: Kind) =>
  Effect.gen(function* () {
    const pane = yield* panePid(sm, kind)
    const all = execFileSync("ps", ["-eo", "pid=,ppid=,args="])
      .toString()
      .split("\n")
      .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/u.exec(line))
      .map((found) => ({ pid: Number(found?.[1]), parent: Number(found?.[2]), args: found?.[3] ?? "" }))
    const below = (parent: number): ReadonlyArray<(typeof all)[number]> =>
      all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)])
    const hooks = below(pane).filter(({ args }) => args.includes("PermissionRequest"))
    assert.isNotEmpty(hooks)
    for (const { pid } of hooks) yield* kill(pid)
  })

const toldTheModel = (sm: RealSm, kind: Kind, words: string) =>
  until(
    `the model behind ${kind} reads: ${words}`,
    Effect.sync(
      () => (kind === "claude" ? sm.anthropic : sm.openai).requests.some((body) => body.includes(words)) || undefined
    )
  )

/** A person at the pane presses Enter on the dialog, which loses keys while it is drawn. */
const entersYes = (sm: RealSm, kind: Kind, id: string) =>
  until(
    `${id} is answered in the pane`,
    Effect.gen(function* () {
      if ((yield* screen(sm, kind)).includes("1. Yes")) yield* press(sm, kind, "Enter")
      return (yield* listed(sm)).answered.find((other) => other.id === id)?.outcome?.what
    })
  )

describe.skipIf(missing !== undefined)("what a real agent asks leave for", () => {
  it.live(
    "is answered once: from afar by its hook, by a rule, in its pane, by keys; and over a dead daemon",
    () =>
      Effect.gen(function* () {
        const sm: RealSm = yield* makeRealSmWith("approvals:\n  rules:\n    - allow: touch *-ruled\n")
        const made = (name: string) => existsSync(join(sm.work, name))
        yield* withBoth((kind) =>
          Effect.gen(function* () {
            yield* sm.json("spawn", kind, "--name", kind)
            yield* reaches(sm, kind, "idle")

            // Through the hook that waits.
            const afar = `touch ${kind}-afar`
            const one = yield* send(sm, kind, asks(kind, afar, "ran one"))
            const first = yield* open(sm, kind, afar)
            assert.deepInclude(first, { tool: "Bash", from: "hook", kind: "permission", subject: afar })
            yield* reaches(sm, kind, "waiting-permission")
            yield* sm.json("approve", first.id)
            assert.strictEqual((yield* answered(sm, one)).answer, "ran one")
            assert.isTrue(made(`${kind}-afar`))
            const late = yield* sm.sm("deny", first.id)
            assert.deepInclude(late, { code: 1 })
            assert.match(late.stderr, /was allowed by human/u)

            // A rule of the configuration answers before anybody is asked.
            const two = yield* send(sm, kind, asks(kind, `touch ${kind}-ruled`, "ran two"))
            assert.strictEqual((yield* answered(sm, two)).answer, "ran two")
            const ruled = (yield* listed(sm)).answered.find(({ detail }) => detail === `touch ${kind}-ruled`)
            assert.strictEqual(ruled?.outcome?.by, "config.yaml (allow Bash: touch *-ruled)")

            // In the pane: the one who comes after is told so.
            const three = yield* send(sm, kind, asks(kind, `touch ${kind}-pane`, "ran three"))
            const third = yield* open(sm, kind, `touch ${kind}-pane`)
            // Codex shows the dialog to whoever looks.
            const { session } = third
            const looked = Effect.andThen(attached(join(sm.home, "run/tmux"), session), entersYes(sm, kind, third.id))
            assert.strictEqual(yield* Effect.scoped(looked), "answered-in-pane")
            assert.strictEqual((yield* answered(sm, three)).answer, "ran three")
            assert.match((yield* sm.sm("approve", third.id)).stderr, /was answered in the pane/u)

            // Its hook is gone, or waits no longer: keys answer the dialog.
            const keyed = `touch ${kind}-keys; touch ${kind}-keyed`
            const four = yield* send(sm, kind, asks(kind, keyed, "ran four"))
            const fourth = yield* open(sm, kind, keyed)
            const client = attached(join(sm.home, "run/tmux"), fourth.session)
            yield* Effect.scoped(Effect.andThen(client, showsText(sm, kind, "1. Yes")))
            if (kind === "claude") yield* killHook(sm, kind)
            yield* sm.json("approve", fourth.id)
            assert.strictEqual((yield* answered(sm, four)).answer, "ran four")
            assert.isTrue(made(`${kind}-keyed`))
            yield* reaches(sm, kind, "idle")

            // Refused: the model reads why, and goes on.
            const five = yield* send(sm, kind, asks(kind, `touch ${kind}-never`, "refused five"))
            const fifth = yield* open(sm, kind, `touch ${kind}-never`)
            yield* sm.json("deny", fifth.id, "--reason", `not on a Friday, ${kind}`)
            assert.strictEqual((yield* answered(sm, five)).answer, "refused five")
            yield* toldTheModel(sm, kind, `not on a Friday, ${kind}`)
            assert.isFalse(made(`${kind}-never`))
          })
        )

        // The daemon dies while the hook waits.
        const six = yield* send(sm, "claude", asks("claude", "touch revived", "ran six"))
        yield* open(sm, "claude", "touch revived")
        yield* kill(sm.daemonPid())
        yield* back(sm)
        yield* sm.json("approve", "claude")
        assert.strictEqual((yield* answered(sm, six)).answer, "ran six")
        assert.isTrue(made("revived"))
      }).pipe(Effect.scoped),
    180_000
  )
})
