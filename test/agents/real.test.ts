/** The real Claude Code and the real Codex in real tmux panes; only the models are played. */
import { execFileSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeRealSm, missing } from "../support/RealAgents.ts"
import { until } from "../support/Until.ts"

if (missing !== undefined) console.warn(`skipped, the real agents cannot be installed here: ${missing}`)

interface Trace {
  readonly status: string
  readonly answer: string | null
  readonly hops: ReadonlyArray<{ readonly status: string; readonly evidence: string }>
}

const kill = (pid: number) => Effect.sync(() => process.kill(pid, "SIGKILL"))
/** A message id, as the frame around a delivered text names it. */
const idIn = (text: string, from: string) =>
  new RegExp(`\\[Input from: ${from} .*? · (m[0-9a-z]+)\\]`, "u").exec(text)?.[1]

type Sm = Effect.Success<typeof makeRealSm>

const stateOf = (sm: Sm, name: string) =>
  Effect.map(sm.json("list", "--all"), (cards) =>
    (cards as never as ReadonlyArray<{ name: string; state: string; detail: string }>).find(
      (card) => card.name === name
    )
  )
const reaches = (sm: Sm, name: string, state: string, seconds = 30) =>
  until(
    `${name} is ${state}`,
    Effect.map(stateOf(sm, name), (card) => (card?.state === state ? card : undefined)),
    seconds
  )
const trace = (sm: Sm, id: string) => Effect.map(sm.json("trace", id), (data) => data as never as Trace)
const answered = (sm: Sm, id: string) =>
  until(
    `${id} is answered`,
    Effect.map(trace(sm, id), (data) => (data.status === "answered" ? data : undefined)),
    60
  )
const press = (sm: Sm, name: string, ...keys: ReadonlyArray<string>) =>
  Effect.map(sm.json("attach", name), (data) => {
    const command = data["command"] as never as ReadonlyArray<string>
    execFileSync("tmux", ["-S", command[2] ?? "", "send-keys", "-t", `${command.at(-1)}:`, ...keys])
  })

const HOPS = ["accepted", "injected", "submitted", "answered"]

describe.skipIf(missing !== undefined)("the real agents", () => {
  it.live(
    "send each other messages from their own shells, while daemon and broker are killed",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        yield* sm.json("spawn", "claude", "⟦text ready⟧", "--name", "ann", "--", "--allowedTools", "Bash(sm:*)")
        yield* sm.json("spawn", "codex", "⟦text ready⟧", "--name", "ben")
        yield* reaches(sm, "ann", "idle")
        yield* reaches(sm, "ben", "idle")

        // ann's tool sends to ben; ben's tool, slow enough to be interrupted, sends back to ann.
        const back = { cmd: "sm send ann 'hello from ben'", yield_time_ms: 20_000 }
        const there = {
          command: `sm send ben '⟦sleep 3⟧ ⟦tool exec_command ${JSON.stringify(back).replaceAll("'", String.raw`'\''`)}⟧ ⟦text ben sent it⟧'`
        }
        const order = yield* sm.json("send", "ann", `[[tool Bash ${JSON.stringify(there)}]] [[text passed on]]`)
        const arrived = yield* until(
          "ben's model is asked",
          Effect.sync(() => sm.openai.prompts.find((prompt) => prompt.includes("Input from: ann")))
        )
        yield* kill(sm.brokerPid())
        yield* kill(sm.daemonPid())

        const reply = yield* until(
          "ann's model hears from ben",
          Effect.sync(() => sm.anthropic.prompts.find((prompt) => prompt.includes("Input from: ben"))),
          60
        )
        const ids = [String(order["messageId"]), idIn(arrived, "ann") ?? "", idIn(reply, "ben") ?? ""]
        for (const id of ids) {
          const { hops } = yield* answered(sm, id)
          assert.deepStrictEqual(
            hops.map((hop) => hop.status),
            HOPS
          )
          assert.include(hops[2]?.evidence ?? "", "prompt hook")
        }
        assert.strictEqual((yield* trace(sm, ids[1] ?? "")).answer, "ben sent it")
        assert.lengthOf(
          sm.anthropic.prompts.filter((prompt) => prompt.includes("Input from: ben")),
          1
        )
      }).pipe(Effect.scoped),
    180_000
  )

  for (const kind of ["claude", "codex"] as const) {
    it.live(
      `${kind}: any text arrives whole and once`,
      () =>
        Effect.gen(function* () {
          const sm = yield* makeRealSm
          yield* sm.json("spawn", kind, "--name", "x")
          const prompts = kind === "claude" ? sm.anthropic.prompts : sm.openai.prompts
          const texts = [
            "ends with a semicolon;",
            "Up",
            "-n leading dash",
            'it\'s "so" $HOME `x` \\ done',
            "漢字 👩‍💻 é",
            "one\n\n\nfour\nfive\nsix",
            `long ${"word ".repeat(2000)}end`
          ]
          for (const text of texts) {
            const sent = yield* sm.json("send", "x", text, "--wait=answered", "--timeout", "40")
            assert.strictEqual(sent["state"], "answered", text.slice(0, 40))
          }
          const plain = (text: string) =>
            text
              .replaceAll(/<\/?pasted_content id="[^"]*">/gu, "")
              .replaceAll(/\s+/gu, " ")
              .trim()
          assert.deepStrictEqual(prompts.map(plain), texts.map(plain))
        }).pipe(Effect.scoped),
      180_000
    )

    it.live(
      `${kind}: nothing is typed into a permission dialog, and what waited goes out after it`,
      () =>
        Effect.gen(function* () {
          const sm = yield* makeRealSm
          yield* sm.json("spawn", kind, "--name", "x", ...(kind === "codex" ? ["--permission-mode", "on-request"] : []))
          const tool =
            kind === "claude"
              ? `Bash {"command":"touch made"}`
              : `exec_command {"cmd":"touch made","sandbox_permissions":"require_escalated","justification":"why not"}`
          yield* sm.json("send", "x", `[[tool ${tool}]] [[text tool over]]`)
          yield* reaches(sm, "x", "waiting-permission")
          const waits = yield* sm.json("send", "x", "after the dialog")
          yield* kill(sm.daemonPid())
          yield* until(
            "the daemon is back",
            Effect.map(sm.sm("list"), ({ code }) => (code === 0 ? true : undefined))
          )
          // A hook from before the dialog may come late and say that it works: the screen puts that right.
          yield* reaches(sm, "x", "waiting-permission")
          assert.strictEqual((yield* trace(sm, String(waits["messageId"]))).status, "accepted")
          yield* press(sm, "x", "Enter")
          const { hops } = yield* answered(sm, String(waits["messageId"]))
          assert.deepStrictEqual(
            hops.map((hop) => hop.status),
            HOPS
          )
        }).pipe(Effect.scoped),
      180_000
    )

    it.live(
      `${kind}: an urgent message interrupts, and a killed agent is restored with its conversation`,
      () =>
        Effect.gen(function* () {
          const sm = yield* makeRealSm
          yield* sm.json("spawn", kind, "--name", "x")
          const prompts = kind === "claude" ? sm.anthropic.prompts : sm.openai.prompts
          const slow = yield* sm.json(
            "send",
            "x",
            "[[sleep 8]] [[text in the end]]",
            "--wait=submitted",
            "--timeout",
            "30"
          )
          yield* until(
            "the model is asked",
            Effect.sync(() => (prompts.some((prompt) => prompt.includes("sleep 8")) ? true : undefined))
          )
          const urgent = yield* sm.json(
            "send",
            "x",
            "[[text at once]]",
            "--urgent",
            "--wait=answered",
            "--timeout",
            "40"
          )
          assert.strictEqual(urgent["state"], "answered")
          assert.strictEqual(urgent["answer"], "at once")
          // Codex keeps the interrupted prompt in its conversation; Claude, which had not begun, hands it back.
          const first = yield* answered(sm, String(slow["messageId"]))
          if (kind === "claude") {
            assert.deepStrictEqual(
              first.hops.map((hop) => hop.status),
              ["accepted", "injected", "submitted", "accepted", "injected", "submitted", "answered"]
            )
            assert.strictEqual(first.answer, "in the end")
          }

          const card = (yield* sm.json("list")) as never as ReadonlyArray<{ agentSessionId: string }>
          const before = card[0]?.agentSessionId
          const { paneScriptPid } = yield* panePid(sm, "x")
          yield* kill(paneScriptPid)
          yield* reaches(sm, "x", "crashed")
          yield* sm.json("restore", "x")
          const again = yield* sm.json("send", "x", "[[text still here]]", "--wait=answered", "--timeout", "40")
          assert.strictEqual(again["answer"], "still here")
          const after = (yield* sm.json("list")) as never as ReadonlyArray<{ agentSessionId: string }>
          assert.strictEqual(after[0]?.agentSessionId, before)
        }).pipe(Effect.scoped),
      180_000
    )
  }
})

const panePid = (sm: Sm, name: string) =>
  Effect.map(sm.json("attach", name), (data) => {
    const command = data["command"] as never as ReadonlyArray<string>
    const said = execFileSync("tmux", [
      "-S",
      command[2] ?? "",
      "list-panes",
      "-t",
      `${command.at(-1)}:`,
      "-F",
      "#{pane_pid}"
    ])
    return { paneScriptPid: Number(said.toString().trim()) }
  })
