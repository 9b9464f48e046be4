/** Tools of agents that write files, and commands that plainly do. Imports nothing: hooks read it before a daemon is asked. */

/** Of Claude Code, and Codex's. */
export const WRITERS: ReadonlyArray<string> = ["Write", "Edit", "MultiEdit", "NotebookEdit", "apply_patch"]
export const SHELLS: ReadonlyArray<string> = ["Bash", "exec_command", "shell"]

/** Words in quotes say nothing about what the shell does; `"$(…)"` is rare, and then nothing is plain. */
const withoutQuotes = (command: string): string =>
  command.replaceAll(/'[^']*'|"(?:[^"\\]|\\.)*"/gu, (quoted) => (quoted.includes("$(") ? quoted.slice(1, -1) : "''"))

/** `>` and `>>` into a file; not `2>&1`, not into /dev. */
const REDIRECT = /(?:^|[^<>=-])(?:[12&]?)>{1,2}\|?\s*(?!&|\s|\/dev\/|>|\()\S/u

const PROGRAMS = [
  "cp",
  "mv",
  "rm",
  "rmdir",
  "mkdir",
  "touch",
  "ln",
  "install",
  "patch",
  "tee",
  "truncate",
  "rsync",
  "dd"
]
const GIT = "add|am|apply|checkout|cherry-pick|clean|commit|merge|mv|pull|rebase|reset|restore|revert|rm|stash|switch"
const EDITORS = String.raw`(?:sed|perl|ruby)\s+(?:\S+\s+)*?-\w*i`

/** At the beginning of a command of the line: behind `;`, `|`, `&`, `(`, a new line, `sudo`, `env`, `X=y`. */
const BEGINS = String.raw`(?:^|[;|&(\n{]|\b(?:then|do|else)\b)\s*(?:(?:sudo|env|time|nice|xargs|command|exec)\s+|\w+=\S*\s+)*`
const COMMAND = new RegExp(
  String.raw`${BEGINS}(?:(?:\S*/)?(?:${PROGRAMS.join("|")})(?=\s|$)|git\s+(?:-\S+\s+(?:[^-\s]\S*\s+)??)*?(?:${GIT})(?=\s|$)|${EDITORS})`,
  "u"
)

/** Does this shell command plainly write files? What only a run would show (a script, a test, an installer) is not plain. */
export const plainlyWrites = (command: string): boolean => {
  const bare = withoutQuotes(command)
  return REDIRECT.test(bare) || COMMAND.test(bare)
}

/** Codex's own tool, called by way of a shell. */
export const isPatch = (command: string): boolean =>
  /(?:^|[;&\n])[ \t]*apply_?patch\b[^\n]*(?:\n|['"])\s*\*\*\* Begin Patch/u.test(command)

/** May this call of a tool write? `bash`: shell commands count. */
export const mayWrite = (tool: string, input: unknown, bash: boolean): boolean => {
  if (WRITERS.includes(tool)) return true
  if (!SHELLS.includes(tool) || typeof input !== "object" || input === null) return false
  const command = "command" in input ? input.command : "cmd" in input ? input.cmd : undefined
  return typeof command === "string" && (isPatch(command) || (bash && plainlyWrites(command)))
}
