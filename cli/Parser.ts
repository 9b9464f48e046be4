/** Finds the command that is meant and loads it alone: a parser for all of them costs 20 ms. */
import { commandOf } from "./Catalog.ts"
import { callable, help, showVersion } from "./Help.ts"
import { Misuse } from "./Misuse.ts"
import { perhaps } from "../src/domain/Near.ts"
import { failed } from "./Output.ts"
import { wantsJson } from "./Words.ts"

/** `sm help x` is `sm x --help`; `sm --json x` is `sm x --json`. */
const inOrder = (words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [first, ...rest] = words
  if (first === "--json") return rest.length === 0 ? ["help"] : inOrder([rest[0] ?? "", "--json", ...rest.slice(1)])
  const topic = first === "help" ? rest.find((word) => !word.startsWith("-")) : undefined
  return topic === undefined ? words : [topic, "--help", ...rest.filter((word) => word === "--json")]
}

const dispatch = async (words: ReadonlyArray<string>): Promise<number> => {
  const [first = "help", ...args] = inOrder(words)
  const json = wantsJson(words)
  if (first === "help" || first === "--help" || first === "-h") return help(json)
  if (first === "--version" || first === "-v") return showVersion(json)
  const name = commandOf(first)
  if (name === undefined) {
    throw first.startsWith("-")
      ? new Misuse(`there is no option ${first} before a command`, `options stand behind it: sm list --json`)
      : new Misuse(`there is no command ${first}${perhaps(first, callable)}`, "sm --help lists the commands")
  }
  if (name === "complete") return (await import("./completion/complete.ts")).complete(args)
  const { invoke } = await import("./Invoke.ts")
  return invoke(name, first, args)
}

export const run = async (words: ReadonlyArray<string>): Promise<number> => {
  try {
    return await dispatch(words)
  } catch (error) {
    return failed(error, wantsJson(words))
  }
}
