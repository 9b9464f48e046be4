/** The daemon with one defect put in on purpose: proof that a test would see it. */
import { cpSync, globSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { rolldown } from "rolldown"
import { temporary } from "./TmuxTest.ts"

const root = join(import.meta.dirname, "../..")

/** In the source file that ends in `file`, `from` is replaced by `to`. Answers with a `dist` folder. */
export const mutant = Effect.fnUntraced(function* (file: string, from: string, to: string) {
  const dir = yield* temporary("mutant")
  yield* Effect.promise(async () => {
    const dist = join(dir, "dist")
    mkdirSync(dist)
    for (const name of ["package.json", "nats-server.conf", "templates"])
      cpSync(join(root, name), join(dir, name), { recursive: true })
    for (const path of globSync("dist/*.cjs", { cwd: root })) cpSync(join(root, path), join(dir, path))
    let applied = false
    const bundle = await rolldown({
      input: { daemon: join(root, "src/daemon.ts") },
      platform: "node",
      plugins: [
        {
          name: "mutate",
          transform: (code, id) => {
            if (!id.endsWith(file)) return undefined
            if (!code.includes(from)) throw new Error(`${file} does not hold the text to change: ${from}`)
            applied = true
            return code.replace(from, to)
          }
        }
      ]
    })
    await bundle.write({ dir: dist, format: "esm", entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" })
    await bundle.close()
    if (!applied) throw new Error(`${file} is not part of the daemon`)
  })
  return join(dir, "dist")
})
