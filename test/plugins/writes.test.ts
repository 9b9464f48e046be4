/** What of an agent's tool calls is a write, and where. */
import { assert, describe, it } from "@effect/vitest"
import { mayWrite, plainlyWrites } from "../../src/domain/Writing.ts"
import { restrictionsIn } from "../../src/plugins/claude/skipped.ts"
import { readWrites } from "../../src/plugins/sdk/writes.ts"

const call = (tool_name: string, tool_input: object, cwd = "/repo/sub") => ({ cwd, tool_name, tool_input })

describe("a tool call", () => {
  it("names the files that it writes, absolute, as far as both agents say them", () => {
    const patch = [
      "*** Begin Patch",
      "*** Add File: new.ts",
      "+*** Add File: no.ts",
      "*** Update File: /abs/old.ts",
      "*** Move to: ../moved.ts",
      "*** Delete File: new.ts",
      "  *** Update File: ../other/padded.ts \t",
      "*** End Patch"
    ].join("\n")
    const table = [
      [call("Write", { file_path: "/repo/a.ts", content: "x" }), ["/repo/a.ts"]],
      [call("Edit", { file_path: "a/../b.ts" }), ["/repo/sub/b.ts"]],
      [call("MultiEdit", { file_path: "/repo/a.ts", edits: [] }), ["/repo/a.ts"]],
      [call("NotebookEdit", { notebook_path: "/repo/n.ipynb" }), ["/repo/n.ipynb"]],
      [
        call("apply_patch", { command: patch }),
        ["/repo/sub/new.ts", "/abs/old.ts", "/repo/moved.ts", "/repo/other/padded.ts"]
      ]
    ] as const
    for (const [payload, paths] of table)
      assert.deepStrictEqual(readWrites("PreToolUse", payload, false), {
        tool: payload.tool_name,
        paths,
        whole: false
      })
  })

  it("that writes somewhere is about its whole directory", () => {
    const all = (path: string, tool: string) => ({ tool, paths: [path], whole: true })
    assert.deepStrictEqual(readWrites("PreToolUse", call("Write", {}), false), all("/repo/sub", "Write"))
    // In a form that nobody knows: no reason to let it through.
    assert.deepStrictEqual(readWrites("PreToolUse", call("Write", { file_path: 5 }), false), all("/repo/sub", "Write"))
    const shell = (command: string) => readWrites("PreToolUse", call("Bash", { command }), true)
    assert.deepStrictEqual(shell("rm x"), all("/repo/sub", "Bash"))
    assert.deepStrictEqual(shell("cd ../other && rm x"), all("/repo/other", "Bash"))
    assert.deepStrictEqual(shell("cd '/a b'; rm x"), all("/a b", "Bash"))
    assert.deepStrictEqual(shell('cd "$X" && rm x'), all("/repo/sub", "Bash"))
    assert.deepStrictEqual(
      readWrites("PreToolUse", call("exec_command", { cmd: "rm x", workdir: "deep" }), true),
      all("/repo/sub/deep", "exec_command")
    )
  })

  it("of a shell that applies a patch names its files, asked for or not", () => {
    const patch = "apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: a.ts\n+x\n*** End Patch\nEOF"
    for (const command of [patch, `cd deep && ${patch}`]) {
      const found = readWrites("PreToolUse", call("Bash", { command }), false)
      const path = command === patch ? "/repo/sub/a.ts" : "/repo/sub/deep/a.ts"
      assert.deepStrictEqual(found, { tool: "Bash", paths: [path], whole: false })
    }
    const quoted = "echo '*** Begin Patch'"
    assert.isUndefined(readWrites("PreToolUse", call("Bash", { command: quoted }), false))
  })

  it("is read in no time, whatever it is", () => {
    const flags = `git ${"-a ".repeat(60)}log`
    assert.isFalse(plainlyWrites(flags))
    assert.isTrue(plainlyWrites("git -C /repo -c a=b -p commit"))
    assert.isUndefined(readWrites("PreToolUse", call("Bash", { command: "\n".repeat(300_000) }), false))
    const spaces = `*** Add File: a${" ".repeat(300_000)}b`
    assert.lengthOf(readWrites("PreToolUse", call("apply_patch", { command: spaces }), false)?.paths ?? [], 1)
  })

  it("writes nothing when it reads, comes later, is a shell's (unless asked for) or is not to be read", () => {
    for (const payload of [
      call("Read", { file_path: "/repo/a.ts" }),
      call("Bash", { command: "rm x" }),
      call("Write", { file_path: "a" }, "relative"),
      { tool_name: "Write", tool_input: { file_path: "/a" } },
      "text",
      null
    ])
      assert.isUndefined(readWrites("PreToolUse", payload, false))
    assert.isUndefined(readWrites("PostToolUse", call("Write", { file_path: "/a" }), true))
  })

  it("may write exactly when it would be locked", () => {
    assert.isTrue(mayWrite("apply_patch", {}, false))
    assert.isFalse(mayWrite("Bash", { command: "rm x" }, false))
    assert.isTrue(mayWrite("Bash", { command: "rm x" }, true))
    assert.isFalse(mayWrite("Bash", { command: 7 }, true))
  })
})

describe("a shell command", () => {
  it("plainly writes when it redirects into a file, or begins with what changes files", () => {
    for (const command of [
      "echo hi > a",
      "echo hi >>a",
      "echo hi 2> errors",
      "cat <<E >a\nE",
      "x=1 rm -rf build",
      "npm test && mv a b",
      "sudo cp a b",
      "find . | xargs rm",
      "(touch a)",
      "if true; then mkdir a; fi",
      "sed -i s/a/b/ f",
      "perl -pi -e s/a/b/ f",
      "git -C /x commit -m y",
      "git checkout main",
      "echo a | tee b",
      "/bin/rm a",
      'echo "$(rm a)"'
    ])
      assert.isTrue(plainlyWrites(command), command)
  })

  it("does not when it only reads, or writes where it cannot be seen", () => {
    for (const command of [
      "ls -l",
      "grep -rn 'a > b' src",
      'echo "rm -rf /"',
      "git status",
      "git log --stat",
      "git diff | head",
      "make 2>&1",
      "cmd >/dev/null 2>&1",
      "cmd 2>/dev/null",
      "npm test",
      "diff <(ls a) <(ls b)",
      "[ 1 -gt 2 ] && echo x",
      "node -e '() => 1'",
      "sed -n 1,5p f",
      "armv7 x"
    ])
      assert.isFalse(plainlyWrites(command), command)
  })
})

describe("settings that Claude Code skips for an old hook", () => {
  const permissions = { deny: ["Bash(rm *)"], ask: ["WebFetch"], allow: ["Bash"] }
  const hook = (matcher: unknown) => ({ PreToolUse: [{ matcher, hooks: [] }] })

  it("still deny and ask what they say, and allow nothing", () => {
    const old = JSON.stringify({ permissions, hooks: hook({ tool_name: "write|edit" }) })
    assert.deepStrictEqual(restrictionsIn(old), { deny: ["Bash(rm *)"], ask: ["WebFetch"] })
  })

  it("are left alone when they are not skipped", () => {
    for (const text of [
      JSON.stringify({ permissions, hooks: hook("Write") }),
      JSON.stringify({ permissions }),
      "{",
      ""
    ])
      assert.deepStrictEqual(restrictionsIn(text), { deny: [], ask: [] })
  })
})
