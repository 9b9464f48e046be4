/** The ways into a real agent that works, and around a person's draft: what adapters say of them holds. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Stroke } from "../../src/terminal/Terminal.ts"
import { KINDS, type Kind } from "../support/Driving.ts"
import { missing } from "../support/RealAgents.ts"
import { seated, type Seated } from "../support/Seated.ts"

/** A command that leaves a mark ten times a second. */
const beating = (kind: Kind, seconds: number): string => {
  const command = `for i in $(seq ${seconds * 10}); do echo x >> beats; sleep 0.1; done`
  return kind === "claude"
    ? `[[tool Bash ${JSON.stringify({ command })}]]`
    : `[[tool exec_command ${JSON.stringify({ cmd: command, yield_time_ms: 30_000 })}]]`
}
const beats = ({ cwd }: Seated): number => {
  const path = join(cwd, "beats")
  return existsSync(path) ? readFileSync(path, "utf8").length / 2 : 0
}
const goesOn = (agent: Seated) => {
  const before = beats(agent)
  return agent.happens(
    "the command goes on",
    Effect.sync(() => beats(agent) > before + 3 || undefined)
  )
}

/** Sends, and waits until its turn runs, with its tool if it has one. Answers with the turn. */
const begins = Effect.fnUntraced(function* (agent: Seated, text: string) {
  const before = agent.signals().length
  yield* agent.say(text)
  const { turn } = yield* agent.signal("PromptSubmitted", ({ prompt }) => prompt === text, before)
  if (text.includes("[[tool")) yield* agent.signal("ToolStarted", (found) => found.turn === turn, before)
  return turn
})

/** Presses again, half a second apart, until the agent has read these words. */
const hastened = (agent: Seated, strokes: ReadonlyArray<Stroke>, words: string) => {
  let pressed = 0
  return agent.happens(
    `read at last: ${words}`,
    Effect.gen(function* () {
      if (has(agent, words)) return true
      if (Date.now() - pressed > 500) {
        pressed = Date.now()
        yield* agent.type(strokes)
      }
      return undefined
    })
  )
}

const framed = (id: string, text: string) => `[Input from: em (abcd1234) via sm send · ${id}]\n${text}`
const has = (agent: Seated, words: string): boolean => agent.requests.some((body) => body.includes(words))

describe.skipIf(missing !== undefined)("a real agent", { concurrent: true }, () => {
  it.live(
    "Claude Code reads what comes through its door between two tool calls, and a draft stays as it is",
    () =>
      Effect.gen(function* () {
        // In this mode it would ask a person first.
        const agent = yield* seated("claude", { args: [], mode: "bypassPermissions", env: { IS_SANDBOX: "1" } })
        const { door, submitted } = agent.adapter
        assert.isDefined(door)
        assert.strictEqual(door.admits, "agents")
        const turn = yield* begins(agent, `${beating("claude", 2)} [[text never]]`)
        yield* agent.type([{ _tag: "Paste", text: "half a line\nof a person" }])
        yield* agent.shows("the draft", ({ draft }) => draft === "half a line\nof a person")
        const since = Date.now() - 1000
        const text = framed("m-1", "[[text read between]]")
        assert.strictEqual(yield* submitted(agent.seat(), text, since), "no")
        yield* door.deliver(agent.seat(), text, "next")
        yield* agent.happens(
          "queued",
          Effect.map(submitted(agent.seat(), text, since), (found) => found === "queued" || undefined)
        )
        const read = yield* agent.signal("PromptSubmitted", ({ prompt }) => prompt === text)
        assert.strictEqual(read.turn, turn)
        const end = yield* agent.signal("TurnEnded")
        assert.strictEqual(end.turn, turn)
        yield* agent.happens(
          "read",
          Effect.map(submitted(agent.seat(), text, since), (found) => found === "yes" || undefined)
        )
        assert.isTrue(has(agent, "read between"))
        // An idle agent begins a turn with it.
        yield* door.deliver(agent.seat(), framed("m-2", "[[text woken]]"), "next")
        const woken = yield* agent.signal("TurnEnded", ({ answer }) => answer.length > 0, agent.signals().indexOf(end))
        assert.isString(woken.turn)
        yield* agent.signal("PromptSubmitted", ({ prompt }) => prompt.includes("m-2"))
        yield* agent.shows("the draft, untouched", ({ draft }) => draft === "half a line\nof a person")
      }).pipe(Effect.scoped),
    180_000
  )

  it.live(
    "Claude Code is stopped through its door: what it says is cut short, a command goes on in the background",
    () =>
      Effect.gen(function* () {
        const agent = yield* seated("claude")
        const { door } = agent.adapter
        assert.isDefined(door)
        const first = yield* begins(agent, "[[sleep 60]] [[text never]]")
        yield* door.deliver(agent.seat(), framed("m-1", "[[text stopped]]"), "now")
        const stop = yield* agent.signal("PromptSubmitted", ({ prompt }) => prompt.includes("m-1"))
        assert.notStrictEqual(stop.turn, first)
        assert.strictEqual((yield* agent.signal("TurnEnded")).turn, stop.turn)

        const turn = yield* begins(agent, `${beating("claude", 40)} [[text never]]`)
        yield* door.deliver(agent.seat(), framed("m-2", "[[text again]]"), "next")
        yield* hastened(agent, door.hasten, "m-2")
        const again = yield* agent.signal("PromptSubmitted", ({ prompt }) => prompt.includes("m-2"))
        assert.strictEqual(again.turn, turn)
        assert.isBelow(beats(agent), 390)
        yield* goesOn(agent)
      }).pipe(Effect.scoped),
    180_000
  )

  it.live(
    "Codex reads what is typed behind its tool, or at once, and a command goes on in the background",
    () =>
      Effect.gen(function* () {
        const agent = yield* seated("codex")
        const { steering } = agent.adapter
        assert.isDefined(steering)
        const turn = yield* begins(agent, `${beating("codex", 2)} [[text never]]`)
        const text = framed("m-1", "[[text read between]]")
        const since = Date.now() - 1000
        yield* agent.type(steering.type(text))
        yield* agent.shows("queued", (seen) => seen.queued === true)
        assert.strictEqual(yield* agent.adapter.submitted(agent.seat(), text, since), "no")
        assert.strictEqual((yield* agent.signal("PromptSubmitted", ({ prompt }) => prompt === text)).turn, turn)
        assert.strictEqual((yield* agent.signal("TurnEnded")).turn, turn)
        assert.strictEqual(yield* agent.adapter.submitted(agent.seat(), text, since), "yes")

        const long = yield* begins(agent, `${beating("codex", 40)} [[text never]]`)
        // What has only just begun is dropped.
        yield* goesOn(agent)
        yield* agent.type(steering.type(framed("m-2", "[[text stopped]]")))
        yield* agent.shows("queued", (seen) => seen.queued === true)
        yield* agent.type(steering.hasten)
        assert.strictEqual((yield* agent.signal("Interrupted")).turn, long)
        const stop = yield* agent.signal("PromptSubmitted", ({ prompt }) => prompt.includes("m-2"))
        assert.notStrictEqual(stop.turn, long)
        yield* goesOn(agent)
      }).pipe(Effect.scoped),
    180_000
  )

  it.live(
    "is told by the answers to its hooks: why its tool must not run, and who it is after a clear",
    () =>
      Effect.forEach(
        KINDS,
        (kind) =>
          Effect.gen(function* () {
            const agent = yield* seated(kind)
            const answer = (event: string, say: object) => agent.adapter.answer?.(event, say) ?? null
            agent.answers("PreToolUse", answer("PreToolUse", { deny: "STOP: read “this” first\nü" }))
            agent.answers("SessionStart", answer("SessionStart", { context: "CONTEXT: you are ann" }))
            yield* begins(agent, `${beating(kind, 1)} [[text denied]]`)
            assert.strictEqual((yield* agent.signal("TurnEnded")).answer, "denied")
            assert.strictEqual(beats(agent), 0)
            assert.isTrue(has(agent, "STOP: read “this” first\\nü"))
            agent.answers("PreToolUse", null)
            agent.answers("SessionStart", answer("SessionStart", { context: "CONTEXT: after the clear" }))
            const before = agent.signals().length
            // Codex refuses it for a moment after it has told the end of its turn.
            yield* agent.shows("ready", ({ activity }) => activity === "idle")
            yield* agent.say(agent.adapter.clear)
            if (kind === "claude") yield* agent.signal("Started", ({ source }) => source === "clear", before)
            else
              yield* agent.happens(
                "an empty screen",
                Effect.map(agent.screen, ({ text }) => (text.includes("denied") ? undefined : true))
              )
            yield* begins(agent, "[[text anew]]")
            yield* agent.signal("TurnEnded", (found) => found.answer === "anew")
            assert.isTrue(has(agent, "CONTEXT: after the clear"))
          }).pipe(Effect.scoped),
        { concurrency: 2, discard: true }
      ),
    180_000
  )

  it.live(
    "gives a person's draft back as it was",
    () =>
      Effect.forEach(
        KINDS,
        (kind) =>
          Effect.gen(function* () {
            const agent = yield* seated(kind)
            const { draft: way } = agent.adapter
            assert.isDefined(way?.undo)
            const lines = Array.from({ length: 30 }, (_, at) => `line ${at} of many`).join("\n")
            for (const draft of ["half a line", "one\ntwo\n  three", "a line that wraps ".repeat(20).trim(), lines]) {
              yield* agent.type([{ _tag: "Paste", text: draft }])
              const before = (yield* agent.shows("the draft", (seen) => seen.draft !== null)).draft
              const count = agent.signals().length
              yield* agent.type([...way.stash, ...agent.adapter.submit("[[text between]]")])
              yield* agent.signal("TurnEnded", () => true, count)
              if (way.restore !== "itself") yield* agent.type(way.restore(before ?? ""))
              yield* agent.shows("the draft again", (seen) => seen.activity === "idle" && seen.draft === before)
              const sent = agent.signals().length
              yield* agent.type(agent.adapter.enter)
              const found = yield* agent.signal("PromptSubmitted", () => true, sent)
              assert.strictEqual(found.prompt.trim(), draft)
              yield* agent.signal("TurnEnded", () => true, sent)
              yield* agent.shows("ready", (seen) => seen.activity === "idle" && seen.draft === null)
            }
            // Put aside, and nothing typed at all.
            yield* agent.type([{ _tag: "Paste", text: "never mind" }])
            yield* agent.shows("the draft", (seen) => seen.draft === "never mind")
            yield* agent.type(way.stash)
            yield* agent.shows("an empty composer", (seen) => seen.draft === null && seen.activity === "idle")
            yield* agent.type(way.undo)
            yield* agent.shows("the draft again", (seen) => seen.draft === "never mind")
          }).pipe(Effect.scoped),
        { concurrency: 2, discard: true }
      ),
    180_000
  )

  it.live(
    "tells until when its provider takes no more work",
    () =>
      Effect.forEach(
        KINDS,
        (kind) =>
          Effect.gen(function* () {
            // As with a subscription: with a key there is no such limit.
            const login = { ANTHROPIC_AUTH_TOKEN: "", CLAUDE_CODE_OAUTH_TOKEN: "dummy", CLAUDE_CODE_MAX_RETRIES: "1" }
            const agent = yield* seated(kind, { env: kind === "claude" ? login : {} })
            const until = Date.now() + 3 * 86_400_000
            yield* begins(agent, "[[limit 259200]]")
            const seen = yield* agent.happens(
              "observed as limited",
              Effect.map(agent.adapter.observe(agent.seat()), (found) =>
                found._tag === "Some" ? found.value.limited : undefined
              )
            )
            assert.match(seen.reason, /hit your .*limit/u)
            assert.closeTo(seen.resetsAt ?? 0, until, 90_000)
            if (kind === "codex") return
            // Told before the end of the turn.
            const told = agent.signals().filter(({ _tag }) => _tag === "Limited" || _tag === "TurnFailed")
            assert.deepStrictEqual(
              told.map(({ _tag }) => _tag),
              ["Limited", "TurnFailed"]
            )
            const [limited] = told
            assert.closeTo((limited?._tag === "Limited" ? limited.resetsAt : 0) ?? 0, until, 90_000)
            // It asks what to do; the answer leaves all as it is.
            const { answer } = yield* agent.shows("the question", (found) => found.answer !== undefined)
            yield* agent.happens(
              "the question is gone",
              Effect.gen(function* () {
                const now = yield* agent.seen
                if (now.activity === "idle") return true
                yield* agent.type(now.answer === undefined ? [] : (answer ?? []))
                return undefined
              })
            )
          }).pipe(Effect.scoped),
        { concurrency: 2, discard: true }
      ),
    180_000
  )
})
