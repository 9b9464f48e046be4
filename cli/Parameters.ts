/** A command line that carries options which no declaration knows: the variables of a dispatch template. Pure. */
import type { Choice } from "./Manual.ts"
import { Misuse } from "./Misuse.ts"
import { perhaps } from "../src/domain/Near.ts"

export interface Parameters {
  /** What the parser reads: the declared options and the words. */
  readonly given: ReadonlyArray<string>
  readonly params: Readonly<Record<string, string>>
}

const HOW = 'a variable is --name "its value" or --name=value'

/** A value follows its name whatever it begins with, so what it says is never an option. */
export const parametersOf = (args: ReadonlyArray<string>, options: ReadonlyArray<Choice>): Parameters => {
  const flags = ["--help", ...options.filter(({ takes }) => !takes).flatMap(({ names }) => names)]
  const valued = options.filter(({ takes }) => takes).flatMap(({ names }) => names)
  const known = [...flags, ...valued]
  const given: Array<string> = []
  const words: Array<string> = []
  const params = new Map<string, string>()
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ""
    if (!/^--./u.test(arg)) {
      words.push(arg)
      continue
    }
    const equals = arg.indexOf("=")
    const name = equals < 0 ? arg : arg.slice(0, equals)
    if (flags.includes(arg)) {
      given.push(arg)
      continue
    }
    if (flags.includes(name)) throw new Misuse(`${name} takes no value`, `leave =${arg.slice(equals + 1)} out`)
    const value = equals < 0 ? args[++index] : arg.slice(equals + 1)
    if (value === undefined) {
      const near = known.includes(name) ? "" : perhaps(name, known)
      throw new Misuse(`${name} needs a value${near}`, HOW)
    }
    if (valued.includes(name)) given.push(`${name}=${value}`)
    else if (!/^--[A-Za-z][\w-]*$/u.test(name))
      throw new Misuse(`${name} is no name of a variable`, "a name begins with a letter; then letters, digits, _ and -")
    else if (params.has(name)) throw new Misuse(`${name} is given twice`, HOW)
    else params.set(name, value)
  }
  const [, extra] = words
  if (extra !== undefined) {
    // A mistyped option has taken the next one for its value.
    const mistyped = [...params.keys()].map((name) => perhaps(name, known)).find((hint) => hint !== "") ?? ""
    throw new Misuse(`dispatch has no use for the word ${extra}${mistyped}`, HOW)
  }
  return {
    given: [...words, ...given],
    params: Object.fromEntries([...params].map(([name, value]) => [name.slice(2), value]))
  }
}
