/** Writes the generated documents; with `--check` it only says which of them are not what the code says. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { cliPage } from "./docs/cli.ts"
import { subjectsPage } from "./docs/subjects.ts"

/** Every generated document: its path and what is in it. One generator a file below `scripts/docs/`. */
const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  "docs/cli.md": cliPage,
  "docs/subjects.md": subjectsPage
}

const check = process.argv.includes("--check")
for (const [path, page] of Object.entries(PAGES)) {
  const file = join(import.meta.dirname, "..", path)
  const text = await page()
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue
  if (check) {
    console.error(`${path} is not what the code says: npm run docs`)
    process.exitCode = 1
  } else {
    writeFileSync(file, text)
    console.log(`wrote ${path}`)
  }
}
