/** One git command as a child process: bounded in time and output, deaf to hooks and to the environment of whoever started sm. */
import { Duration, Effect } from "effect"
import { type Ended, run, type SubprocessError } from "../process/Subprocess.ts"
import { GitError } from "./Git.ts"

/** A checkout of a large repository takes its time; what takes longer hangs. */
const PATIENCE = Duration.minutes(10)
const MOST = 64 * 1024 * 1024

/** What would start programs, wait for somebody, or rewrite the repository beside what was asked. */
const SETTINGS: Readonly<Record<string, string>> = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "core.quotePath": "false",
  "core.safecrlf": "false",
  // Worktrees are asked about from the directory that they share.
  "safe.bareRepository": "all",
  "gc.auto": "0",
  "maintenance.auto": "false",
  "submodule.recurse": "false"
}

const PREFIX = Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`])

/** Those of git's own variables that are the person's settings, and not where some other git command works. */
const KEPT = /^GIT_(CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM|EXEC_PATH|TEMPLATE_DIR|SSL_.*)$/u

const environmentOf = (env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || (name.startsWith("GIT_") && !KEPT.test(name)) ? [] : [[name, value] as const]
    )
  ),
  LC_ALL: "C",
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_AUTHOR_NAME: "sm",
  GIT_AUTHOR_EMAIL: "sm@localhost",
  GIT_COMMITTER_NAME: "sm",
  GIT_COMMITTER_EMAIL: "sm@localhost"
})

export interface Answer extends Ended {
  /** Standard output without the line's end. */
  readonly text: string
}

export interface Command {
  /** Answers, whatever the exit code. */
  readonly ask: (
    cwd: string,
    args: ReadonlyArray<string>,
    env?: Readonly<Record<string, string>>
  ) => Effect.Effect<Answer, GitError>
  /** Answers with its words; another exit code than 0 is an error, told in git's own words behind `what`. */
  readonly say: (
    what: string,
    cwd: string,
    args: ReadonlyArray<string>,
    env?: Readonly<Record<string, string>>
  ) => Effect.Effect<string, GitError>
}

const DOCTOR = "sm worktree list shows how it stands"

/** git's own last word, in one line. */
const words = ({ code, stderr }: Ended): string => {
  const lines = stderr.split("\n").filter((line) => /^(fatal|error): /u.test(line))
  const last = (lines.at(-1) ?? stderr.trim().split("\n").at(-1) ?? "").replace(/^(fatal|error): /u, "")
  return last === "" ? `it ended with ${code ?? "a signal"}` : last.slice(0, 300)
}

const failed = (problem: string, fix = DOCTOR) => new GitError({ problem, fix, refused: false })

export const makeCommand = (env: Readonly<Record<string, string | undefined>>): Command => {
  const own = environmentOf(env)
  const ask: Command["ask"] = (cwd, args, more) =>
    run({
      command: ["git", ...PREFIX, ...args],
      cwd,
      env: { ...own, ...more },
      stdin: "",
      most: MOST,
      tied: true
    }).pipe(
      Effect.mapError((error: SubprocessError) => failed(`git ${args[0]} in ${cwd}: ${error.problem}`)),
      Effect.timeoutOrElse({
        duration: PATIENCE,
        orElse: () =>
          Effect.fail(failed(`git ${args[0]} in ${cwd} was not done within ${Duration.toMinutes(PATIENCE)} minutes`))
      }),
      Effect.flatMap((ended) =>
        ended.code === 127
          ? Effect.fail(failed("git cannot be found", "install git 2.36 or later"))
          : Effect.succeed({ ...ended, text: ended.stdout.replace(/\n$/u, "") })
      )
    )
  return {
    ask,
    say: (what, cwd, args, more) =>
      Effect.flatMap(ask(cwd, args, more), (answer) =>
        answer.code === 0 ? Effect.succeed(answer.text) : Effect.fail(failed(`${what}: ${words(answer)}`))
      )
  }
}

/** As it stands it must not be done. */
export const refuse = (problem: string, fix: string) => new GitError({ problem, fix, refused: true })
