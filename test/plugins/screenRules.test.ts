import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import claudeRules from "../../src/plugins/claude/screen.rules.json" with { type: "json" }
import { read as claude } from "../../src/plugins/claude/screen.ts"
import { read as codex } from "../../src/plugins/codex/screen.ts"
import { onceFor, within } from "../../src/plugins/sdk/agentVersion.ts"
import { rulebook } from "../../src/plugins/sdk/screenRulebook.ts"
import type { Seat } from "../../src/agents/Agent.ts"
import type { Screen } from "../../src/terminal/Terminal.ts"
import { recorded } from "../support/screens/RecordedScreen.ts"

const screenOf = (text: string, more: Partial<Screen> = {}): Screen => ({
  text,
  title: "",
  cursor: { x: 0, y: 0 },
  faint: false,
  dead: false,
  humanActive: false,
  ...more
})
const recordedOne = (name: string): Screen => {
  const found = recorded("claude").find((other) => other.name === name)
  if (found === undefined) throw new Error(`no screen ${name}`)
  return found.screen
}

describe("a screen that lasts too short to be recorded", () => {
  it("is read as well", () => {
    const composer = "\n\n› \n\n  model · ~/x"
    const cursor = { x: 2, y: 4 }
    const refused = "■ '/clear' is disabled while a task is in progress.\n"
    assert.deepInclude(codex(screenOf(`${refused}\n${composer}`, { cursor })), { activity: "idle", refused: true })
    for (const read of [claude, codex]) {
      assert.deepInclude(read(screenOf("loading")), { activity: "starting", rule: "nothing-yet" })
      assert.deepInclude(read(screenOf("! half\n")), { activity: "unknown", rule: "no-composer" })
    }
  })
})

/** A person's file about Claude's screens. */
const book = () => {
  const { read, rules } = rulebook(claudeRules)
  return {
    read,
    own: rules.own,
    versioned: rules.versioned,
    correct: (text: string | undefined) => rules.correct(text === undefined ? undefined : { path: "/x", text })
  }
}
const NEW_DIALOG = screenOf("Shall I go on?\n  [y] go on   [n] stay")
const OWN = `
v: 1
rules:
  - name: shall-i
    composer: [none]
    all: [{ in: rows, last: 2, says: '\\[y\\] go on' }]
    activity: dialog
    detail: [{ in: rows, says: '\\?$', take: last }]
  - name: title-wheel
    composer: [free]
    all: [{ in: title, says: '^working' }]
    activity: busy
  - { name: footer-interrupt, off: true }
`

describe("a person's own rules", () => {
  it("come before the shipped ones, take the place of those of their name, and switch others off", () => {
    const { correct, own, read } = book()
    const busy = recordedOne("busy")
    const shown = { ...busy, text: busy.text.replace("Julienning…", "Julienning") }
    assert.strictEqual(read(NEW_DIALOG).activity, "starting")
    assert.isUndefined(own())
    assert.isTrue(Result.isSuccess(correct(OWN)))
    assert.strictEqual(own(), "/x")
    const { activity, detail, rule } = read(NEW_DIALOG)
    assert.deepStrictEqual([activity, detail, rule], ["dialog", "Shall I go on?", "shall-i"])
    assert.strictEqual(read(shown).activity, "idle", "neither the wheel nor the footer counts any more")
    assert.strictEqual(read({ ...shown, title: "working" }).rule, "title-wheel")
    assert.isTrue(Result.isSuccess(correct(undefined)))
    assert.isUndefined(own())
    assert.strictEqual(read(NEW_DIALOG).activity, "starting", "without the file all is as shipped")
    assert.strictEqual(read(shown).activity, "busy")
  })

  it("that are wrong change nothing, and one sentence says what is wrong", () => {
    const { correct, own, read } = book()
    assert.isTrue(Result.isSuccess(correct(OWN)))
    const wrong: ReadonlyArray<readonly [string, RegExp]> = [
      ["rules: [", /^not YAML: /u],
      ["", /./u],
      ["rules: []", /"v"/u],
      ["v: 1\nrulez: []", /rulez/u],
      ["v: 1\nrules: [{ name: x, activity: busy, all: [{ in: rows, says: '(' }] }]", /regular expression/u],
      ["v: 1\nrules: [{ name: x, activity: busy, all: [nowhere] }]", /^no look is called nowhere$/u],
      ["v: 1\nrules: [{ name: x }]", /x has one of activity and marks/u],
      ["v: 1\nrules: [{ name: x, activity: busy, answer: { press: [Enter] } }]", /x answers what is no dialog/u],
      ["v: 1\nrules: [{ name: x, activity: dialog, answer: { press: [Delete] } }]", /press/u],
      ["v: 1\nrules: [{ name: x, activity: busy, agent: new }]", /no range of versions/u],
      ["v: 1\nrules: [{ name: gone, off: true }]", /^there is no rule gone to switch off$/u],
      ["v: 1\nrules: [{ name: x, activity: busy }, { name: x, activity: idle }]", /^two rules are called x$/u]
    ]
    for (const [text, sentence] of wrong) {
      const said = correct(text)
      assert.isTrue(Result.isFailure(said), text)
      if (Result.isFailure(said)) assert.match(said.failure, sentence)
      if (Result.isFailure(said)) assert.notInclude(said.failure, "\n")
    }
    assert.strictEqual(read(NEW_DIALOG).rule, "shall-i")
    assert.strictEqual(own(), "/x")
  })

  it("may be about some versions of the agent, and hold for all where the version is not known", () => {
    const { correct, read, versioned } = book()
    assert.isFalse(versioned(), "then nobody need find out")
    correct(OWN.replace("name: shall-i\n", "name: shall-i\n    agent: '>=3 <3.2'\n"))
    assert.isTrue(versioned())
    const activities = ["2.1.330", "3.0.0", "3.1.9", "3.2.0", undefined].map(
      (known) => read(NEW_DIALOG, known).activity
    )
    assert.deepStrictEqual(activities, ["starting", "dialog", "dialog", "starting", "dialog"])
  })
})

describe("a range of versions", () => {
  it("holds as far as it says", () => {
    const table: ReadonlyArray<readonly [string, string, boolean]> = [
      ["2.1", "2.1.330", true],
      ["=2.1.330", "2.1.331", false],
      [">=2.1.300", "2.1.299", false],
      [">=2.1.300", "2.2.0", true],
      [">2.1", "2.1.5", false],
      ["<3", "2.99.99", true],
      ["<=0.169", "0.169.4", true],
      [">=0.169 <0.171", "0.171.0-alpha.1", false]
    ]
    for (const [range, version, holds] of table)
      assert.strictEqual(within(range, version), holds, `${range} ${version}`)
  })
})

describe("the version of a running agent", () => {
  it.effect("is asked for until it is known, and then no more", () =>
    Effect.gen(function* () {
      const answers = [undefined, "1.2.3", "9"]
      const ask = onceFor(() => Effect.sync(() => answers.shift()))
      const seat: Seat = { sessionId: "a", cwd: "/", pid: 7, env: {}, agentSessionId: null, transcript: null }
      assert.isUndefined(yield* ask(seat))
      assert.strictEqual(yield* ask(seat), "1.2.3")
      assert.strictEqual(yield* ask(seat), "1.2.3")
      assert.strictEqual(yield* ask({ ...seat, pid: 8 }), "9")
    })
  )
})
