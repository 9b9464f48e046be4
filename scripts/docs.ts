/** Writes the generated documents; with `--check` it only says which of them are not what the code says. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { subjectsPage } from "./docs/subjects.ts"

const PAGES: Readonly<Record<string, () => string>> = {
  "docs/subjects.md": subjectsPage
}

const check = process.argv.includes("--check")
for (const [path, page] of Object.entries(PAGES)) {
  const file = join(import.meta.dirname, "..", path)
  const text = page()
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue
  if (check) {
    console.error(`${path} is not what the code says: npm run docs`)
    process.exitCode = 1
  } else {
    writeFileSync(file, text)
    console.log(`wrote ${path}`)
  }
}
