/** The script a pane starts from: the agent's whole environment, then the agent. No secret ever shows in a process list. */

/** One word for `sh`, whatever it holds. */
const word = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** What the shell and tmux themselves set, or refuse to have set: not ours to pass on. */
const OWN = new Set([
  "TMUX",
  "TMUX_PANE",
  "TERM",
  "TERM_PROGRAM",
  "TERM_PROGRAM_VERSION",
  "PWD",
  "OLDPWD",
  "SHLVL",
  "OPTIND",
  "LINENO",
  "PPID",
  "UID",
  "EUID",
  "BASHOPTS",
  "SHELLOPTS",
  "_"
])

/** What of an environment reaches the program: names that a shell can export. */
export const exported = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env)
      .filter(([name]) => !OWN.has(name) && /^[A-Za-z_][A-Za-z0-9_]*$/u.test(name))
      .map(([name, value]) => [name, value.replaceAll("\u0000", "")])
  )

/** Removes itself, drops what the terminal server had, exports `env`, becomes `command`. */
export const paneScript = (env: Readonly<Record<string, string>>, command: ReadonlyArray<string>): string =>
  [
    "#!/bin/sh",
    'rm -f -- "$0"',
    "unset TMUX TMUX_PANE TERM_PROGRAM TERM_PROGRAM_VERSION OLDPWD HOME LANG SHELL PATH",
    ...Object.entries(exported(env)).map(([name, value]) => `export ${name}=${word(value)}`),
    `exec ${command.map(word).join(" ")}`,
    ""
  ].join("\n")
