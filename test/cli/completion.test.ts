/** Completions in the shells themselves, against a real daemon. A shell that is not installed is skipped, and says so. */
import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { lineOf } from "../../cli/completion/Line.ts"
import { run } from "../support/Run.ts"
import { screenOf } from "../support/Screen.ts"
import { makeSm } from "../support/Sm.ts"

const has = (shell: string): boolean => {
  try {
    execFileSync(shell, ["-c", "exit 0"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

/** What bash puts into COMPREPLY for these words, the last being the one at the cursor. */
const inBash = (home: string, cwd: string, words: ReadonlyArray<string>) =>
  Effect.map(
    run(
      "bash",
      [
        "--norc",
        "-c",
        `source ${home}/completion.bash; shift 0; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sm_complete; printf '%s\\n' "\${COMPREPLY[@]}"`,
        "bash",
        ...words
      ],
      { cwd, env: { SM_HOME: home } }
    ),
    ({ stdout }) => stdout.split("\n").filter(Boolean)
  )

/** A shell in a terminal that has read the script: a real Tab behind these keys makes its screen show this. */
const tabbed = (shell: ReadonlyArray<string>, home: string, cwd: string, keys: string, wanted: RegExp) =>
  Effect.scoped(
    Effect.gen(function* () {
      const screen = yield* screenOf(shell, { cwd, env: { SM_HOME: home } })
      yield* screen.shows(/[$%#>]/u)
      screen.type(`source ${home}/completion.${shell[0]}; echo rea''dy`)
      screen.press("Enter")
      yield* screen.shows(/^ready/mu)
      screen.type(keys)
      screen.press("Tab")
      yield* screen.shows(wanted)
    })
  )

describe("a half-written line", () => {
  it("is whole words and the one at the cursor", () => {
    assert.deepStrictEqual(lineOf("zsh", ["sm"]), { before: [], current: "", cut: "" })
    assert.deepStrictEqual(lineOf("zsh", ["sm", "se"]), { before: [], current: "se", cut: "" })
    assert.deepStrictEqual(lineOf("fish", ["sm", "send", "--wait=an"]), {
      before: ["send"],
      current: "--wait=an",
      cut: ""
    })
  })

  it("is put together again where bash splits at an equals sign", () => {
    const at = (...words: ReadonlyArray<string>) => lineOf("bash", ["sm", "send", ...words])
    assert.deepStrictEqual(at("--wait", "=", "an"), { before: ["send"], current: "--wait=an", cut: "--wait=" })
    assert.deepStrictEqual(at("--wait", "="), { before: ["send"], current: "--wait=", cut: "--wait=" })
    assert.deepStrictEqual(at("--wait", "=", "answered", "x"), {
      before: ["send", "--wait=answered"],
      current: "x",
      cut: ""
    })
  })
})

describe("completions", () => {
  it.live("offer commands, options, sessions and kinds in bash, zsh and fish", (context) =>
    Effect.gen(function* () {
      const { home, json, sm, work } = yield* makeSm
      const id = (yield* json("spawn", "fake", "--name", "reviewer", "--role", "scout"))["id"] as never as string
      yield* json("spawn", "fake", "--name", "retired")
      yield* json("kill", "retired")
      for (const shell of ["bash", "zsh", "fish"]) {
        const script = yield* json("completion", shell)
        writeFileSync(join(home, `completion.${shell}`), script["script"] ?? "")
        assert.strictEqual((yield* sm("completion", shell)).stdout, script["script"])
      }
      const bash = (...words: ReadonlyArray<string>) => inBash(home, work, ["sm", ...words])
      assert.deepStrictEqual(yield* bash("dea"), ["dead-letters"])
      assert.includeMembers([...(yield* bash(""))], ["send", "spawn", "completion", "help"])
      assert.notInclude(yield* bash(""), "hook")
      assert.deepStrictEqual(yield* bash("send", ""), ["reviewer"])
      assert.deepStrictEqual(yield* bash("send", "@s"), ["@scout"])
      assert.deepStrictEqual(yield* bash("send", "hu"), ["human"])
      assert.deepStrictEqual(yield* bash("kill", id.slice(0, 3)), [id])
      assert.deepStrictEqual(yield* bash("restore", ""), ["retired"])
      assert.deepStrictEqual(yield* bash("spawn", "f"), ["fake"])
      assert.deepStrictEqual(yield* bash("spawn", "--pro"), ["--prompt-file"])
      assert.deepStrictEqual(yield* bash("spawn", "--model", "x", "sh"), ["shell"])
      assert.deepStrictEqual(yield* bash("send", "--wait", "=", "a"), ["answered"])
      assert.deepStrictEqual(yield* bash("remind", "--to", ""), ["reviewer"])
      assert.deepStrictEqual(yield* bash("wait", "rev"), ["reviewer"])
      assert.deepStrictEqual(yield* bash("send", "reviewer", "--", "--w"), [])
      assert.deepStrictEqual(yield* bash("help", "tr"), ["trace"])
      assert.deepStrictEqual(yield* bash("frobnicate", ""), [])

      // The same with a real Tab.
      writeFileSync(join(work, "a brief.md"), "text")
      yield* tabbed(["bash", "--norc"], home, work, "sm kill rev", /sm kill reviewer/u)
      yield* tabbed(["bash", "--norc"], home, work, "sm send x --file a", /--file a\\ brief\.md/u)
      yield* tabbed(["bash", "--norc"], home, work, "sm send x --wait=a", /--wait=answered/u)

      const missing = ["zsh", "fish"].filter((shell) => !has(shell))
      if (has("zsh")) {
        const zsh = (keys: string, wanted: RegExp) => tabbed(["zsh", "-f"], home, work, keys, wanted)
        yield* zsh("sm kill rev", /sm kill reviewer/u)
        yield* zsh("sm ", /spawn +-- start an agent/u)
        yield* zsh("sm send x --wait=a", /--wait=answered/u)
        yield* zsh("sm send x --file a", /--file a\\ brief\.md/u)
      }
      if (has("fish")) {
        const fish = (line: string) =>
          Effect.map(
            run("fish", ["--no-config", "-c", `source ${home}/completion.fish; complete -C ${JSON.stringify(line)}`], {
              cwd: work,
              env: { SM_HOME: home }
            }),
            ({ stdout }) => stdout.split("\n").filter(Boolean)
          )
        assert.deepStrictEqual(yield* fish("sm kill rev"), [`reviewer\tfake ${id}, idle`])
        assert.deepStrictEqual(yield* fish("sm dead"), [
          "dead-letters\tmail nobody could handle: list, read one, replay, drop"
        ])
        assert.deepStrictEqual(yield* fish("sm send x --wait=a"), ["--wait=answered"])
        assert.deepStrictEqual(yield* fish("sm send x --file a"), ["a brief.md"])
      }
      if (missing.length > 0) context.skip(`not installed, so not tried: ${missing.join(", ")}; bash is well`)
    }).pipe(Effect.scoped)
  )
})
