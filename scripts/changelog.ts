/** npm run changelog: turns `.changeset/*.md` into a section of CHANGELOG.md and a new version. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const BUMPS = ["patch", "minor", "major"] as const
type Bump = (typeof BUMPS)[number]

export interface Change {
  readonly bump: Bump
  readonly text: string
}

/** A changeset's file: which part of the version it raises, and what it says. */
export const parse = (name: string, file: string): Change => {
  const found = /^---\n"[^"\n]+": (major|minor|patch)\n---\n([\s\S]+)$/u.exec(file.replaceAll("\r\n", "\n"))
  const text = found?.[2]?.trim() ?? ""
  if (found === null || text === "") throw new Error(`.changeset/${name} is not as .changeset/README.md shows it`)
  return { bump: found[1] as Bump, text }
}

/** While the major version is 0, what breaks something raises the minor one. */
export const next = (version: string, changes: ReadonlyArray<Change>): string => {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number)
  const largest = Math.max(...changes.map(({ bump }) => BUMPS.indexOf(bump)))
  if (largest === 2 && major > 0) return `${major + 1}.0.0`
  return largest >= 1 ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`
}

/** The section goes below the heading and its introduction, above the older sections. */
export const insert = (changelog: string, version: string, changes: ReadonlyArray<Change>): string => {
  const sorted = changes.toSorted((one, other) => BUMPS.indexOf(other.bump) - BUMPS.indexOf(one.bump))
  const section = `## ${version}\n\n${sorted.map(({ text }) => `- ${text.replaceAll("\n", "\n  ")}`).join("\n")}\n`
  const older = changelog.search(/^## /mu)
  return older < 0
    ? `${changelog.trimEnd()}\n\n${section}`
    : `${changelog.slice(0, older)}${section}\n${changelog.slice(older)}`
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..")
  const folder = join(root, ".changeset")
  const names = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md")
  if (names.length === 0) throw new Error("there is nothing in .changeset/ to release")
  const changes = names.map((name) => parse(name, readFileSync(join(folder, name), "utf8")))
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string }
  const raised = next(version, changes)
  // The lock file names it twice, at its top.
  for (const [name, times] of [
    ["package.json", 1],
    ["package-lock.json", 2]
  ] as const) {
    let text = readFileSync(join(root, name), "utf8")
    for (let time = 0; time < times; time++) text = text.replace(`"version": "${version}"`, `"version": "${raised}"`)
    writeFileSync(join(root, name), text)
  }
  const changelog = join(root, "CHANGELOG.md")
  writeFileSync(changelog, insert(readFileSync(changelog, "utf8"), raised, changes))
  for (const name of names) rmSync(join(folder, name))
  console.log(`${version} → ${raised}; read CHANGELOG.md, commit, and tag v${raised}`)
}
