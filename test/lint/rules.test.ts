/** The linter, with the repository's own configuration, on planted mistakes and on their clean twins. */
import { execFile } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { compile, LAYERS } from "../../lint/layers.ts"
import { IMPORTS, MISTAKES, OPENING } from "./planted.ts"

const repository = join(import.meta.dirname, "../..")
const trees: Array<string> = []
afterAll(() => trees.forEach((tree) => rmSync(tree, { recursive: true })))

/** Lints the files, path → text, as if they were this repository; what is reported as `file rule`, sorted. */
const lint = async (files: Readonly<Record<string, string>>): Promise<ReadonlyArray<string>> => {
  const tree = mkdtempSync(join(tmpdir(), "sm-lint-"))
  trees.push(tree)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), text.startsWith("/") ? text : OPENING + text)
  }
  for (const entry of [".oxlintrc.json", "lint"])
    cpSync(join(repository, entry), join(tree, entry), { recursive: true })
  const command = [join(repository, "node_modules/oxlint/bin/oxlint"), "--format", "json", "."]
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, command, { cwd: tree, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      stdout.startsWith("{") ? resolve(stdout) : reject(error ?? new Error(stdout + stderr))
    )
  })
  const { diagnostics } = JSON.parse(output) as {
    readonly diagnostics: ReadonlyArray<{ readonly code: string; readonly filename: string }>
  }
  return diagnostics.map(({ code, filename }) => `${filename} ${code}`).sort()
}

const importing = (targets: ReadonlyArray<string>) => targets.map((target) => `import "${target}"\n`).join("")

describe("the lint rules", () => {
  it("report each planted mistake, and nothing else", async () => {
    const files = Object.assign({}, ...MISTAKES.map(({ bad }) => bad)) as Record<string, string>

    const reported = await lint(files)

    const planted = MISTAKES.flatMap(({ bad, rule }) => Object.keys(bad).map((path) => `${path} ${rule}`))
    assert.deepStrictEqual(reported, planted.sort())
  })

  it("report every import across a layer, and no other", async () => {
    const files = Object.fromEntries(IMPORTS.map(({ file, may, never }) => [file, importing([...may, ...never])]))

    const reported = await lint(files)

    const planted = IMPORTS.flatMap(({ file, never }) => never.map(() => `${file} sm(layers)`))
    assert.deepStrictEqual(reported, planted.sort())
  })

  it("see imports of every form, and let types through where they may pass", async () => {
    const reported = await lint({
      "src/domain/Exported.ts": `export { a } from "../broker/Subject.ts"\n`,
      "src/domain/All.ts": `export * from "../broker/Subject.ts"\n`,
      "src/domain/Lazy.ts": `export const a = () => import("../broker/Subject.ts")\n`,
      "src/domain/TypeOf.ts": `export type A = import("../broker/Subject.ts").A\n`,
      "src/domain/Type.ts": `import type { A } from "../broker/Subject.ts"\nexport type B = A\n`,
      "cli/Verbs.ts": `import type { Reply } from "../src/gateway/Api.ts"\nexport type B = Reply\n`,
      "src/telemetry/Metrics.ts": "export const a = 1\n"
    })

    const files = ["All", "Exported", "Lazy", "Type", "TypeOf"].map((name) => `src/domain/${name}.ts`)
    assert.deepStrictEqual(
      reported,
      [...files, "src/telemetry/Metrics.ts"].map((file) => `${file} sm(layers)`)
    )
  })

  it("say nothing about the clean twins", async () => {
    const files = Object.assign({}, ...MISTAKES.map(({ good }) => good)) as Record<string, string>
    const imports = Object.fromEntries(IMPORTS.map(({ file, may }) => [file, importing(may)]))

    assert.deepStrictEqual(await lint({ ...imports, ...files }), [])
  })

  it("are planted against for every layer", () => {
    const first = (path: string) => LAYERS.find(({ files }) => compile(files).test(path))?.files

    assert.deepStrictEqual(
      IMPORTS.map(({ file }) => first(file)),
      LAYERS.map(({ files }) => files)
    )
  })
})
