/** `--worktree [branch]`: the word behind it is the branch, where it can be one. Pure. */
import type { Choice } from "./Manual.ts"

const NAME = "--worktree"

/** Positional words. */
const wordsIn = (args: ReadonlyArray<string>, takes: ReadonlyArray<string>): ReadonlyArray<string> =>
  args.filter((arg, index) => !arg.startsWith("-") && !takes.includes(args[index - 1] ?? ""))

/** Options with a word behind them; `--worktree` may stand alone. */
const taking = (options: ReadonlyArray<Choice>): ReadonlyArray<string> =>
  options.filter(({ names, takes }) => takes && !names.includes(NAME)).flatMap(({ names }) => names)

/** The first word for which the usage has no place, where the parser does not say it: behind one that may be left out. */
export const extraIn = (
  args: ReadonlyArray<string>,
  options: ReadonlyArray<Choice>,
  usage: string
): string | undefined => {
  const places = usage.split(" ").filter((word) => /^[<[.]/u.test(word))
  return places.includes("...") ? undefined : wordsIn(args, taking(options))[places.length]
}

/**
 * With the branch joined by `=`, as the parser wants it. A branch has no spaces, so a prompt of several words is never taken
 * for one; and the first word is always the kind of agent.
 */
export const ownBranch = (args: ReadonlyArray<string>, options: ReadonlyArray<Choice>): ReadonlyArray<string> => {
  const at = args.indexOf(NAME)
  const next = args[at + 1]
  if (at < 0 || next === undefined || next === "" || next.startsWith("-") || /\s/u.test(next)) return args
  const takes = taking(options)
  // The value of another option, whatever it is.
  if (takes.includes(args[at - 1] ?? "") || wordsIn(args.slice(0, at), takes).length === 0) return args
  return [...args.slice(0, at), `${NAME}=${next}`, ...args.slice(at + 2)]
}
