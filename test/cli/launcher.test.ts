/** `bin/sm`: finds the package's own node and starts nothing else, for a second node would double every command. */
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { run } from "../support/Run.ts"
import { temporary } from "../support/TmuxTest.ts"

const launcher = join(import.meta.dirname, "../../bin/sm")
const name =
  process.platform === "darwin" && process.arch === "arm64" ? "bin-darwin-arm64" : `${process.platform}-${process.arch}`

describe("the launcher", () => {
  it.live("runs the package's node once, from wherever it is called, with every argument as it is", () =>
    Effect.gen(function* () {
      const dir = yield* temporary("package")
      const root = join(dir, "lib/node_modules/@session-manager/sm")
      const log = join(dir, "log")
      const node = join(dir, `lib/node_modules/node-${name}/bin/node`)
      mkdirSync(join(root, "bin"), { recursive: true })
      mkdirSync(join(node, ".."), { recursive: true })
      mkdirSync(join(dir, "bin"))
      writeFileSync(log, "")
      copyFileSync(launcher, join(root, "bin/sm"))
      writeFileSync(node, `#!/bin/sh\nprintf '<%s>' "$@" >> ${log}\necho >> ${log}\n`)
      chmodSync(node, 0o755)
      symlinkSync("../lib/node_modules/@session-manager/sm/bin/sm", join(dir, "bin/sm"))

      const unbuilt = yield* run(join(dir, "bin/sm"), ["list"], { cwd: "/" })
      assert.deepStrictEqual([unbuilt.code, unbuilt.stdout, readFileSync(log, "utf8")], [3, "", ""])
      assert.match(unbuilt.stderr, /^sm: not built yet: run npm start, or npm run build, in \S+\n$/u)
      mkdirSync(join(root, "dist"))
      writeFileSync(join(root, "dist/sm.cjs"), "")

      const calls: ReadonlyArray<readonly [program: string, cwd: string]> = [
        [join(root, "bin/sm"), "/"],
        [join(dir, "bin/sm"), "/"],
        ["./bin/sm", dir],
        ["../bin/sm", join(dir, "lib")]
      ]
      for (const [program, cwd] of calls) {
        writeFileSync(log, "")
        const { code, stderr } = yield* run(program, ["send", "x", "a  b", ""], { cwd })
        assert.deepStrictEqual([code, stderr], [0, ""], program)
        assert.match(readFileSync(log, "utf8"), /^<\S*\/dist\/sm\.cjs><send><x><a {2}b><>\n$/u)
      }
    }).pipe(Effect.scoped)
  )
})
