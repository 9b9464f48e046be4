/** `--worktree [branch]`: the word behind it is the branch, where it can be one. Pure. */
import type { Choice } from "./Manual.ts"

const NAME = "--worktree"

/** Positional words before that place. */
const wordsIn = (args: ReadonlyArray<string>, takes: ReadonlyArray<string>): number =>
  args.filter((arg, index) => !arg.startsWith("-") && !takes.includes(args[index - 1] ?? "")).length

/**
 * With the branch joined by `=`, as the parser wants it. A branch has no spaces, so a prompt of several words is never taken
 * for one; and the first word is always the kind of agent.
 */
export const ownBranch = (args: ReadonlyArray<string>, options: ReadonlyArray<Choice>): ReadonlyArray<string> => {
  const at = args.indexOf(NAME)
  const next = args[at + 1]
  if (at < 0 || next === undefined || next === "" || next.startsWith("-") || /\s/u.test(next)) return args
  const takes = options
    .filter(({ names, takes: value }) => value && !names.includes(NAME))
    .flatMap(({ names }) => names)
  // The value of another option, whatever it is.
  if (takes.includes(args[at - 1] ?? "") || wordsIn(args.slice(0, at), takes) === 0) return args
  return [...args.slice(0, at), `${NAME}=${next}`, ...args.slice(at + 2)]
}
