/** Runs one command under clipanion, with its errors told as every error of `sm` is. */
import type { CommandClass } from "clipanion"
import type { CommandName } from "./Catalog.ts"
import { commands } from "./commands/index.ts"
import { type Choice, manualOf, manualText, parserOf } from "./Manual.ts"
import { Misuse } from "./Misuse.ts"
import { perhaps } from "../src/domain/Near.ts"
import { done } from "./Output.ts"
import { extraIn, ownBranch } from "./OwnBranch.ts"
import { parametersOf } from "./Parameters.ts"
import type { SmContext } from "./SmCommand.ts"
import { wantsHelp, wantsJson } from "./Words.ts"

const sentence = (text: string): string => {
  const line = text.split("\n")[0] ?? ""
  return `${line.charAt(0).toLowerCase()}${line.slice(1)}`.replace(/[.:]$/u, "")
}

/** The first option among the words that is none of the known. clipanion says so only of commands of few words. */
const unknownIn = (args: ReadonlyArray<string>, known: ReadonlyArray<string>): string | undefined => {
  const dashes = args.indexOf("--")
  return (dashes < 0 ? args : args.slice(0, dashes))
    .map((word) => word.split("=")[0] ?? "")
    .find((word) => /^-[^-\d]|^--./u.test(word) && !known.includes(word))
}

/** What clipanion could not read, in one sentence with the usage. */
const misuseOf = (
  error: unknown,
  command: CommandClass<SmContext>,
  name: CommandName,
  args: ReadonlyArray<string>
): unknown => {
  if (!(error instanceof Error) || !("clipanion" in error)) return error
  const { options, usage } = manualOf(command)
  const hint = `usage: ${usage} [options]; sm help ${name} says more`
  const known = options.flatMap(({ names }) => names)
  const unknown = unknownIn(args, known)
  if (unknown !== undefined) {
    const dashes = name === "send" || name === "spawn" ? "\n    text that begins with - stands behind --" : ""
    return new Misuse(`${name} has no option ${unknown}${perhaps(unknown, known)}`, `${hint}${dashes}`)
  }
  const extra = /^Extraneous positional argument \("(.*)"\)/su.exec(error.message)?.[1] ?? extraIn(args, options, usage)
  if (extra !== undefined) {
    const branch = args[args.indexOf(extra) - 1] === "--worktree" ? "\n    the name of a branch has no spaces" : ""
    return new Misuse(`${name} has no use for the word ${extra}`, `${hint}${branch}`)
  }
  // Without its words but with an option, clipanion does not even find it.
  if (!/^(?:Not enough positional|Command not found)/u.test(error.message))
    return new Misuse(`${name}: ${sentence(error.message)}`, hint)
  const needed = usage.split(" ").filter((word) => word.startsWith("<"))
  return new Misuse(`${name} needs ${needed.join(" and ")}`, hint)
}

/** What is not for the parser is kept from it: the agent's own arguments, the variables of a template. */
const setAside = (name: CommandName, args: ReadonlyArray<string>, options: ReadonlyArray<Choice>) => {
  if (name === "dispatch") return { afterDashes: [], ...parametersOf(args, options) }
  if (name !== "spawn") return { given: args, afterDashes: [], params: {} }
  const dashes = args.indexOf("--")
  const own = dashes < 0 ? args : args.slice(0, dashes)
  return { given: ownBranch(own, options), afterDashes: dashes < 0 ? [] : args.slice(dashes + 1), params: {} }
}

export const invoke = async (name: CommandName, word: string, args: ReadonlyArray<string>): Promise<number> => {
  const command = await commands[name]()
  const { given, ...context } = setAside(
    name,
    args,
    name === "dispatch" || name === "spawn" ? manualOf(command).options : []
  )
  if (wantsHelp(given)) {
    const manual = manualOf(command)
    return done({ name, ...manual }, wantsJson(given), manualText(manual))
  }
  const found = (() => {
    try {
      return parserOf(command).process([word, ...given], context)
    } catch (error) {
      throw misuseOf(error, command, name, given)
    }
  })()
  return (await found.execute()) ?? 0
}
