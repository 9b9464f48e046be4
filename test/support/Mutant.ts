/** The daemon with defects put in on purpose: proof that a test would see it. */
import { cpSync, globSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { rolldown } from "rolldown"
import { temporary } from "./TmuxTest.ts"

const root = join(import.meta.dirname, "../..")

/** In the source file that ends in `file`, `from` is replaced by `to`. */
export interface Defect {
  readonly file: string
  readonly from: string
  readonly to: string
}

/** Answers with a `dist` folder. */
export const mutant = Effect.fnUntraced(function* (...defects: ReadonlyArray<Defect>) {
  const dir = yield* temporary("mutant")
  yield* Effect.promise(async () => {
    const dist = join(dir, "dist")
    mkdirSync(dist)
    for (const name of ["package.json", "nats-server.conf", "templates"])
      cpSync(join(root, name), join(dir, name), { recursive: true })
    for (const path of globSync("dist/*.cjs", { cwd: root })) cpSync(join(root, path), join(dir, path))
    const applied = new Set<Defect>()
    const bundle = await rolldown({
      input: { daemon: join(root, "src/daemon.ts") },
      platform: "node",
      plugins: [
        {
          name: "mutate",
          transform: (code, id) => {
            const defect = defects.find(({ file }) => id.endsWith(file))
            if (defect === undefined) return undefined
            const { file, from, to } = defect
            if (!code.includes(from)) throw new Error(`${file} does not hold the text to change: ${from}`)
            applied.add(defect)
            return code.replace(from, to)
          }
        }
      ]
    })
    await bundle.write({ dir: dist, format: "esm", entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" })
    await bundle.close()
    for (const defect of defects) {
      if (!applied.has(defect)) throw new Error(`${defect.file} is not part of the daemon`)
    }
  })
  return join(dir, "dist")
})
