/** The worktrees that a repository knows. */
import { Effect } from "effect"
import type { Command } from "./GitCommand.ts"

export interface Listed {
  readonly path: string
  readonly branch: string | null
  /** Why it may not be removed: `initializing` while git makes it. */
  readonly locked: string | null
}

const entryOf = (text: string): Listed => {
  const lines = text.split("\0")
  const wordOf = (name: string): string | null => {
    const line = lines.find((other) => other === name || other.startsWith(`${name} `))
    return line === undefined ? null : line.slice(name.length + 1)
  }
  return {
    path: wordOf("worktree") ?? "",
    branch: wordOf("branch")?.replace(/^refs\/heads\//u, "") ?? null,
    locked: wordOf("locked")
  }
}

export const listed = ({ say }: Command, repo: string) =>
  Effect.map(say("the worktrees cannot be listed", repo, ["worktree", "list", "--porcelain", "-z"]), (text) =>
    text
      .split("\0\0")
      .filter((entry) => entry !== "")
      .map(entryOf)
  )
