/** The real Claude Code and the real Codex in real tmux panes; only the models are played. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  answered,
  asked,
  back,
  cardOf,
  HOPS,
  kill,
  KINDS,
  notices,
  panePid,
  press,
  promptsOf,
  reaches,
  type RealSm,
  send,
  showsText,
  trace,
  withBoth
} from "../support/Driving.ts"
import { makeRealSm, makeRealSmWith, missing } from "../support/RealAgents.ts"
import { until } from "../support/Until.ts"

/** A message id, as the frame around a delivered text names it. */
const idIn = (text: string, from: string) =>
  new RegExp(`\\[Input from: ${from} .*? · (m[0-9a-z]+)\\]`, "u").exec(text)?.[1]

/** Who waits for a person's answer, as the person is told. */
const asking = (sm: RealSm) =>
  Effect.map(notices(sm), (all) => all.filter(({ kind }) => kind === "permission").map(({ name }) => name))

describe.skipIf(missing !== undefined)("the real agents", { concurrent: true }, () => {
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
        const reply = { cmd: "sm send ann 'hello from ben'", yield_time_ms: 20_000 }
        const there = {
          command: `sm send ben '⟦sleep 3⟧ ⟦tool exec_command ${JSON.stringify(reply).replaceAll("'", String.raw`'\''`)}⟧ ⟦text ben sent it⟧'`
        }
        const order = yield* sm.json("send", "ann", `[[tool Bash ${JSON.stringify(there)}]] [[text passed on]]`)
        const arrived = yield* until(
          "ben's model is asked",
          Effect.sync(() => sm.openai.prompts.find((prompt) => prompt.includes("Input from: ann")))
        )
        yield* kill(sm.brokerPid())
        yield* kill(sm.daemonPid())

        const heard = yield* until(
          "ann's model hears from ben",
          Effect.sync(() => sm.anthropic.prompts.find((prompt) => prompt.includes("Input from: ben"))),
          60
        )
        const ids = [String(order["messageId"]), idIn(arrived, "ann") ?? "", idIn(heard, "ben") ?? ""]
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

  it.live(
    "take any text whole and once",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        const texts = [
          "ends with a semicolon;",
          "Up",
          "-n leading dash",
          'it\'s "so" $HOME `x` \\ done',
          "漢字 👩‍💻 é",
          "one\n\n\nfour\nfive\nsix",
          `long ${"word ".repeat(2000)}end`
        ]
        const plain = (text: string) =>
          text
            .replaceAll(/<\/?pasted_content id="[^"]*">/gu, "")
            .replaceAll(/\s+/gu, " ")
            .trim()
        yield* withBoth((kind) =>
          Effect.gen(function* () {
            yield* sm.json("spawn", kind, "--name", kind)
            let last = ""
            for (const text of texts) last = yield* send(sm, kind, text)
            yield* answered(sm, last)
            assert.deepStrictEqual(promptsOf(sm, kind).map(plain), texts.map(plain))
          })
        )
      }).pipe(Effect.scoped),
    180_000
  )

  it.live(
    "get nothing typed into a permission dialog, and what waited goes out after it",
    () =>
      Effect.gen(function* () {
        // Nobody attaches: Codex would keep its dialog back for an answer from elsewhere.
        const sm = yield* makeRealSmWith("approvals:\n  hold: 0\n")
        const waits = yield* Effect.forEach(
          KINDS,
          (kind) =>
            Effect.gen(function* () {
              const mode = kind === "codex" ? ["--permission-mode", "on-request"] : []
              yield* sm.json("spawn", kind, "--name", kind, ...mode)
              const tool =
                kind === "claude"
                  ? `Bash {"command":"touch made"}`
                  : `exec_command {"cmd":"touch made","sandbox_permissions":"require_escalated","justification":"why not"}`
              yield* send(sm, kind, `[[tool ${tool}]] [[text tool over]]`)
              yield* reaches(sm, kind, "waiting-permission")
              return { kind, id: yield* send(sm, kind, "after the dialog") }
            }),
          { concurrency: 2 }
        )
        yield* kill(sm.daemonPid())
        yield* back(sm)
        for (const { id, kind } of waits) {
          // A hook from before the dialog may come late and say that it works: the screen puts that right.
          yield* reaches(sm, kind, "waiting-permission")
          assert.strictEqual((yield* trace(sm, id)).status, "accepted")
          assert.include(yield* asking(sm), kind)
          yield* showsText(sm, kind, "1. Yes")
          yield* press(sm, kind, "Enter")
        }
        for (const { id } of waits) {
          const { hops } = yield* answered(sm, id)
          assert.deepStrictEqual(
            hops.map((hop) => hop.status),
            HOPS
          )
        }
        yield* until(
          "nobody asks any more",
          Effect.map(asking(sm), (names) => (names.length === 0 ? true : undefined))
        )
      }).pipe(Effect.scoped),
    180_000
  )

  it.live(
    "are interrupted by an urgent message, and restored with their conversation when they were killed",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSm
        yield* withBoth((kind) =>
          Effect.gen(function* () {
            yield* sm.json("spawn", kind, "--name", kind)
            const slow = yield* send(sm, kind, "[[sleep 6]] [[text in the end]]", "--wait=submitted")
            yield* asked(sm, kind, "sleep 6")
            const urgent = yield* sm.json(
              "send",
              kind,
              "[[text at once]]",
              "--urgent",
              "--wait=answered",
              "--timeout",
              "40"
            )
            assert.strictEqual(urgent["state"], "answered")
            assert.strictEqual(urgent["answer"], "at once", JSON.stringify(promptsOf(sm, kind)))
            // Codex keeps the interrupted prompt in its conversation; Claude, which had not begun, hands it back.
            const first = yield* answered(sm, slow)
            if (kind === "claude") {
              assert.deepStrictEqual(
                first.hops.map((hop) => hop.status),
                ["accepted", "injected", "submitted", "accepted", "injected", "submitted", "answered"]
              )
              assert.strictEqual(first.answer, "in the end")
            }

            const before = (yield* cardOf(sm, kind))?.agentSessionId
            yield* kill(yield* panePid(sm, kind))
            const again = yield* send(sm, kind, "[[text still here]]")
            assert.strictEqual((yield* answered(sm, again)).answer, "still here")
            assert.strictEqual((yield* cardOf(sm, kind))?.agentSessionId, before)
          })
        )
      }).pipe(Effect.scoped),
    180_000
  )
})
