/** `sm watch` in a real terminal: the screen asserted, keys pressed, the window resized, what it asks of the daemon. */
import { execFileSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { runSm } from "../../support/Run.ts"
import { makeSm } from "../../support/Sm.ts"
import { type Answer, swarmStub } from "../../support/SwarmStub.ts"
import { temporary } from "../../support/TmuxTest.ts"
import { until } from "../../support/Until.ts"
import { watched } from "../../support/Watched.ts"
import { approval, card, idOf, lease, notice } from "./Cards.ts"

const HOUR = 3_600_000

/** Two hundred sessions: a lead, its workers with odd texts, and one who asks. */
const swarm = () => {
  const at = Date.now()
  const times = { since: at - HOUR, createdAt: 0 }
  return [
    card(1, "lead", { ...times, em: true, state: "working" }),
    card(2, "asker", { ...times, createdAt: 1, parentId: idOf(1), state: "waiting-permission", queued: 3 }),
    card(3, "a-name-of-thirty-two-characters", {
      ...times,
      createdAt: 2,
      parentId: idOf(1),
      status: { text: "測試を実行中 🚀 \u001b[31mred\u001b[2J done 👨‍👩‍👧", at }
    }),
    ...Array.from({ length: 197 }, (_, index) =>
      card(index + 4, `worker-${index + 4}`, { ...times, createdAt: index + 3, workingDir: "/work/測試" })
    )
  ]
}

const asked = approval("a0000001", 2, "asker", { detail: "rm -rf build 測試 && make", at: Date.now() - 65_000 })

const answers: Answer = ({ verb }) => {
  if (verb === "list") return swarm()
  if (verb === "approvals") return { open: [asked], answered: [] }
  if (verb === "notices")
    return {
      notices: [notice("idle 4", "worker-4 has been idle for an hour", { session: idOf(4), at: Date.now() - HOUR })],
      silent: []
    }
  if (verb === "locks") return { leases: [lease("l000000000000001", 1, "lead", { path: "src/**" })], waiting: [] }
  if (verb === "inbox") return { unread: 2, letters: [], left: 0 }
  if (verb === "tail") return { session: "", name: "", actions: [] }
  if (verb === "kinds" || verb === "unlock") return []
  if (verb === "approve" || verb === "deny") return asked
  return undefined
}

const some =
  (text: string | RegExp) =>
  (lines: ReadonlyArray<string>): boolean =>
    lines.some((line) => (typeof text === "string" ? line.includes(text) : text.test(line)))
const rowOf = (lines: ReadonlyArray<string>, name: string) => lines.find((line) => line.includes(name)) ?? ""

describe("sm watch in a terminal", () => {
  it.live("shows 200 sessions readably at 80 columns, scrolls, resizes, and leaves the terminal as it was", () =>
    Effect.gen(function* () {
      const home = yield* temporary("home")
      const stub = yield* swarmStub(home, answers)
      const {
        asked: ask,
        press,
        resize,
        shows,
        type
      } = yield* watched(["watch"], { columns: 80, rows: 24 }, { SM_HOME: home })

      const first = yield* shows("the sessions and what each did", some("? asker asks"))
      assert.strictEqual(first[0], "sm watch  200 sessions: 1 asks, 1 working, 198 idle                     2 unread")
      assert.match(first[1] ?? "", /^\? asker asks: Bash rm -rf build 測試 && make +a0000001 1m$/u)
      assert.match(first[2] ?? "", /^! worker-4 has been idle for an hour +1h$/u)
      assert.strictEqual(first[3], "  NAME                     STATE      FOR  CTX MSG L LAST")
      assert.strictEqual(first[4], "  lead                     working     1h          L")
      assert.strictEqual(first[5], "? ├ asker                  asks        1h        3   Bash rm -rf build 測試 && …")
      // What an agent says clears no screen and colours nothing.
      assert.strictEqual(first[6], "  └ a-name-of-thirty-two-… idle        1h            測試を実行中 🚀 red done 👨")
      assert.include(first.join("\n"), "1-15 of 200")
      assert.strictEqual(first.at(-1), "s send  a attach  y/n answer  K kill  u unlock  / find  ? help  q quit")

      press("G")
      const last = yield* shows("the last", some("186-200 of 200"))
      assert.include(rowOf(last, "worker-200"), "idle")
      press("PageUp")
      yield* shows("a page up", some("worker-186"))
      press("g")
      yield* shows("the first", some("1-15 of 200"))

      stub.card(
        card(1, "renamed", { em: true, state: "crashed", createdAt: 0, since: Date.now(), detail: "the pane ended" })
      )
      yield* shows("what has changed since", some(/renamed +crashed +\ds .* the pane ended/u))
      stub.fact({ _tag: "ToolUsed", id: card(5, "x").id, tool: "Bash", detail: "make world" })
      yield* shows("what an agent does now", some(/worker-5 .* \ds Bash make world/u))
      // Bodies that are neither facts nor cards are passed over.
      for (const body of ["{", "[]", '{"ok":true,"data":{"v":1}}', '{"event":{"_tag":"Unheard"}}']) stub.raw(body)

      resize({ columns: 120, rows: 40 })
      const wide = yield* shows("as many as fit", (lines) => lines.length === 40 && some("worker-20")(lines))
      assert.match(wide[3] ?? "", /^ {2}NAME .* ROLE .*STATE .* LEASE .* LAST/u)
      assert.match(rowOf(wide, "renamed"), /EM .*src\/\*\*/u)
      resize({ columns: 40, rows: 10 })
      const narrow = yield* shows("the keys on a small screen", (lines) => lines.length === 10 && some("? help")(lines))
      assert.match(rowOf(narrow, "renamed"), /renamed +crashed/u)
      resize({ columns: 80, rows: 24 })
      yield* shows("all of it again", (lines) => lines.length === 24 && some("1-15 of 200")(lines))

      type("/")
      type("worker-19")
      yield* shows(
        "those that are sought",
        (lines) => lines.filter((line) => /^ {2}worker-19/u.test(line)).length === 11
      )
      press("Escape")
      yield* shows("everybody, the one that was found chosen", some("of 200"))
      press("?")
      yield* shows("the keys explained", some("the next session that waits for you"))
      press("Escape")

      press("q")
      const left = yield* shows("the end", some("code 0"))
      assert.deepStrictEqual(left.filter(Boolean), ["code 0"])
      assert.strictEqual(ask("#{alternate_on} #{wrap_flag} #{cursor_flag}"), "0 1 1")
      yield* until(
        "nobody listens any more",
        Effect.sync(() => (stub.listeners() === 0 ? true : undefined))
      )
    }).pipe(Effect.scoped)
  )

  it.live("answers a question that was shown whole, once, and takes no key for one that another has answered", () =>
    Effect.gen(function* () {
      const home = yield* temporary("home")
      const stub = yield* swarmStub(home, answers)
      const { paste, press, shows, type } = yield* watched(["watch"], { columns: 80, rows: 24 }, { SM_HOME: home })
      const done = (verb: string) => stub.asked.filter((one) => one.verb === verb).map(({ input }) => input)

      yield* shows("the question", some("? asker asks"))
      press("Tab")
      press("y")
      const whole = yield* shows("all of it", some("allow it?"))
      assert.include(whole.join("\n"), "asker asks in /work/app:\nBash rm -rf build 測試 && make")
      press("Down")
      yield* shows("the list", (lines) => !some("allow it?")(lines))
      assert.deepStrictEqual(done("approve"), [])
      press("y", "y")
      yield* shows("the outcome", some("allowed asker: Bash rm -rf build"))
      assert.deepStrictEqual(done("approve"), [{ id: "a0000001" }])

      press("n")
      type("not in 測試, pleaseq")
      press("BSpace", "Enter")
      yield* shows("the other outcome", some("denied asker"))
      assert.deepStrictEqual(done("deny"), [{ id: "a0000001", reason: "not in 測試, please" }])

      press("n")
      yield* shows("the prompt", some("deny, and say why"))
      stub.fact({ _tag: "ApprovalAnswered", id: asked.session, approval: asked })
      yield* shows("who was faster", some("the question of asker is answered already"))
      type("Kyuyq")
      press("Enter")
      yield* shows("no question", (lines) => !some("asks:")(lines) && !some("answered already")(lines))
      assert.deepStrictEqual([done("deny").length, done("kill"), done("unlock")], [1, [], []])

      // A paste into the list is no command; into a line it is text.
      paste("Kyq")
      press("g", "u")
      yield* shows("whose lease", some("take src/** from lead?"))
      press("y")
      yield* shows("that it was gone already", some("there was nothing to release"))
      assert.deepStrictEqual(done("unlock"), [{ cwd: "/work/app", path: "src/**", force: true }])
      assert.deepStrictEqual(done("kill"), [])
      press("C-c")
      yield* shows("the end", some("code 0"))
    }).pipe(Effect.scoped)
  )
})

describe("sm watch of real sessions", () => {
  it.live(
    "sends, attaches and comes back, takes leases, outlives the daemon, restores, kills; and is readable on a pipe",
    () =>
      Effect.gen(function* () {
        const { as, brokerPid, daemonPid, home, json, sm, taken, work } = yield* makeSm
        const env = { SM_HOME: home }
        const boss = (yield* json("spawn", "fake", "[[work 600000]] lead", "--name", "boss"))["id"] as never as string
        const asBoss = as({ SM_SESSION_ID: boss, SM_CREDENTIALS: `${home}/state/sessions/${boss}/credential.json` })
        assert.strictEqual((yield* asBoss("spawn", "fake", "--name", "worker")).code, 0)
        const report = (event: string, tool: string) =>
          runSm(["hook", "fake", event], {
            env: { ...env, SM_SESSION_ID: boss },
            input: JSON.stringify({ turn_id: "t1", tool_name: tool, tool_input: { command: "npm test" } })
          })
        yield* until(
          "it works",
          Effect.sync(() => (taken().length > 0 ? true : undefined))
        )
        yield* report("PreToolUse", "Bash")

        const { press, shows, type } = yield* watched(["watch"], { columns: 80, rows: 24 }, env)
        yield* shows("both, the child below", (lines) => some(/^ {2}boss +working /u)(lines) && some("└ worker")(lines))
        yield* shows("what it does", some(/boss .* Bash npm test$/u))
        yield* shows("that it is idle", some(/worker +idle/u))

        press("j", "s")
        type("[[work 2000]] look, 測試")
        yield* shows("what is typed", some("to worker, sequential (Tab): [[work 2000]] look, 測試"))
        press("Enter")
        yield* shows("what came of it", some(/sent to worker, (?:idle|working)/u))
        yield* shows("that it works", some(/└ worker +working/u))
        yield* until(
          "the agent has it",
          Effect.sync(() => taken().find((prompt) => prompt.includes("look, 測試")))
        )

        press("a")
        yield* shows("the agent's own screen", some("detach: C-]"))
        press("C-]", "d")
        yield* shows("the dashboard again", some("back from worker"))

        execFileSync("git", ["init", "-q", work])
        assert.strictEqual((yield* asBoss("lock", "writing", "--path", "src/**")).code, 0)
        yield* shows("that it holds a lease", some(/boss +working .* L /u))
        press("g", "u")
        yield* shows("whether to take it", some("take src/** from boss?"))
        press("y")
        yield* shows(
          "that it is taken",
          (lines) => some("taken from boss")(lines) && !some(/boss +working .* L /u)(lines)
        )

        for (const pid of [brokerPid(), daemonPid()]) process.kill(pid, "SIGKILL")
        yield* until(
          "another daemon is up",
          Effect.map(sm("list"), ({ code }) => (code === 0 ? true : undefined))
        )
        const later = (yield* json("spawn", "fake", "--name", "later"))["id"] as never as string
        yield* shows("who came after it", some(/later +(?:starting|idle)/u))
        yield* report("PreToolUse", "Read")
        yield* shows("what is done after it", some(/boss .* Read/u))

        const panes = execFileSync("tmux", [
          "-S",
          `${home}/run/tmux`,
          "list-panes",
          "-a",
          "-F",
          "#{session_name} #{pane_pid}"
        ])
        const pid = new RegExp(`sm-${later} (\\d+)`, "u").exec(panes.toString())?.[1]
        process.kill(Number(pid), "SIGKILL")
        yield* shows(
          "the notice, and what became of it",
          (lines) => some(/^! later .* crashed/u)(lines) && some(/^! later +crashed/u)(lines)
        )
        press("Tab")
        yield* shows("how to have it back", some("r restore"))
        press("r")
        yield* shows("that it is back", (lines) => some("restored later")(lines) && !some(/^! later/u)(lines))

        const once = yield* sm("watch", "--once")
        assert.match(once.stdout, /^3 sessions: /u)
        assert.match(once.stdout, /^- {2}NAME {2}STATE {2}FOR {2}CTX {2}MSG {2}LAST$/mu)
        assert.match(once.stdout, /^- {2}boss {2}working .* Read npm test$/mu)
        assert.match(once.stdout, /^- {2}└ worker {2}/mu)
        const data = yield* json("watch")
        const sessions = data["sessions"] as never as ReadonlyArray<{ readonly name: string; readonly depth: number }>
        assert.deepStrictEqual(
          sessions.map(({ depth, name }) => [name, depth]),
          [
            ["boss", 0],
            ["worker", 1],
            ["later", 0]
          ]
        )
        // Without a terminal it prints once by itself; to an agent nothing of what is for the person.
        const piped = yield* asBoss("watch")
        assert.deepStrictEqual([piped.code, piped.stderr], [0, ""])

        press("g", "j", "K")
        yield* shows("whether to", some("kill worker? its record stays"))
        press("y")
        yield* shows("that it is gone", (lines) => some("killed worker")(lines) && !some("└ worker")(lines))
        press("q")
        yield* shows("the end", some("code 0"))
      }).pipe(Effect.scoped)
  )
})
