/** A settings file of an agent: read, shown to be sound, and changed with a copy of what it was beside it. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync
} from "node:fs"
import { homedir } from "node:os"
import { dirname, join } from "node:path"
import { Misuse } from "../Misuse.ts"
import { withMember } from "./JsonText.ts"
import type { Group, Hooks } from "./Merging.ts"

export type Scope = "user" | "project"

export interface Place {
  readonly kind: string
  readonly scope: Scope
  readonly path: string
}

/** The nearest directory upwards with an agent's or git's own folder in it, else this one. */
const projectOf = (directory: string, folder: string): string => {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, folder)) || existsSync(join(at, ".git"))) return at
    if (at === dirname(at)) return directory
  }
}

const homeOf = (kind: string): string =>
  kind === "claude"
    ? process.env["CLAUDE_CONFIG_DIR"] || join(homedir(), ".claude")
    : process.env["CODEX_HOME"] || join(homedir(), ".codex")

/** Where an agent's settings are. Codex takes hooks from its home only. */
export const places = (cwd: string): ReadonlyArray<Place> => [
  { kind: "claude", scope: "user", path: join(homeOf("claude"), "settings.json") },
  { kind: "claude", scope: "project", path: join(projectOf(cwd, ".claude"), ".claude", "settings.json") },
  { kind: "codex", scope: "user", path: join(homeOf("codex"), "hooks.json") }
]

/** Has this agent ever been used here? */
export const isThere = ({ kind, scope }: Place): boolean => scope === "project" || existsSync(homeOf(kind))

export interface Settings {
  readonly text: string
  readonly hooks: Hooks
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isGroups = (value: unknown): value is ReadonlyArray<Group> =>
  Array.isArray(value) &&
  value.every((group) => isRecord(group) && (group["hooks"] === undefined || Array.isArray(group["hooks"])))

const AGAIN = "correct the file; nothing was changed"
const AGAIN_THERE = "make it writable, or run this elsewhere; the file is as it was"

/** One that is not there is empty. */
export const read = (path: string): Settings => {
  const text = existsSync(path) ? readFileSync(path, "utf8") : ""
  if (text.trim() === "") return { text, hooks: {} }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const comment = /^\s*\/[/*]/u.test(text) ? "it begins with a comment, which JSON has not" : why
    throw new Misuse(`${path} is not JSON: ${comment}`, AGAIN)
  }
  if (!isRecord(value)) throw new Misuse(`${path} is not a JSON object`, AGAIN)
  const hooks = value["hooks"] ?? {}
  if (!isRecord(hooks)) throw new Misuse(`hooks of ${path} is not an object`, AGAIN)
  const odd = Object.entries(hooks).find(([, groups]) => !isGroups(groups))
  if (odd !== undefined) throw new Misuse(`hooks.${odd[0]} of ${path} is not a list of groups of hooks`, AGAIN)
  return { text, hooks: hooks as Hooks }
}

/** The text with these hooks; the same text where nothing changes. */
export const changed = ({ hooks, text }: Settings, next: Hooks): string => {
  if (JSON.stringify(hooks) === JSON.stringify(next)) return text
  return withMember(text, "hooks", Object.keys(next).length === 0 ? undefined : next)
}

/** Beside the file: what it was, by the time of the change. */
const backupOf = (path: string): string => `${path}.${new Date().toISOString().replaceAll(/[^0-9TZ]/gu, "")}.bak`

/** Whole or not at all. Through a link, as dotfiles have it, the file behind it. Answers where the copy is. */
export const write = (path: string, text: string): string | null => {
  try {
    return written(path, text)
  } catch (error) {
    throw new Misuse(
      `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      AGAIN_THERE
    )
  }
}

const written = (path: string, text: string): string | null => {
  const there = existsSync(path)
  const real = there ? realpathSync(path) : path
  // One folder only: with `recursive` node tries for ever where the file system takes none, as in /proc.
  if (!existsSync(dirname(real))) mkdirSync(dirname(real))
  const backup = there ? backupOf(real) : null
  if (backup !== null) copyFileSync(real, backup)
  const mode = there ? statSync(real).mode & 0o777 : 0o644
  writeFileSync(`${real}.sm-tmp`, text, { mode })
  renameSync(`${real}.sm-tmp`, real)
  return backup
}
