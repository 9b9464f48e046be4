/** What the agents of the chaos test have written down. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

export type Entry =
  | { readonly op: "queued"; readonly text: string }
  | { readonly op: "read"; readonly text: string; readonly turn: string }
  | { readonly op: "over"; readonly turn: string; readonly answer: string }

/** A killed agent's last line may be cut short. */
const parsed = (line: string): ReadonlyArray<Entry> => {
  try {
    return [JSON.parse(line) as Entry]
  } catch {
    return []
  }
}

export const entriesOf = (dir: string, session: string): ReadonlyArray<Entry> => {
  const path = join(dir, `${session}.jsonl`)
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean).flatMap(parsed) : []
}

/** What an agent read, in order. */
export const readingsOf = (dir: string, session: string) =>
  entriesOf(dir, session).flatMap((entry) => (entry.op === "read" ? [entry] : []))

/** Messages are known by a token in their text. */
export const tokensOf = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/<(\d[\d.]*)>/gu)].map(([, token = ""]) => token)

export const sessionsOf = (dir: string): ReadonlyArray<string> =>
  readdirSync(dir).flatMap((name) => (name.endsWith(".jsonl") ? [name.slice(0, -6)] : []))

export interface Identity {
  readonly pid: number
  readonly env: Readonly<Record<string, string>>
}
export const identityOf = (dir: string, session: string): Identity | undefined => {
  try {
    return JSON.parse(readFileSync(join(dir, `${session}.json`), "utf8")) as Identity
  } catch {
    return undefined
  }
}
