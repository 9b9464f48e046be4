/** The few shapes of arguments the hot commands take; anything else is left to the full parser. */

/** Options of a command, named once for the hot parser; a test compares them with the declaration for clipanion. */
export interface Shape {
  /** Stand alone: `--json`; `--no-json` denies it. */
  readonly bare: ReadonlyArray<string>
  /** Take a value: `--ttl 60`, `--ttl=60`. */
  readonly valued: ReadonlyArray<string>
  /** May stand alone or take a value after `=`. */
  readonly either: ReadonlyArray<string>
}

export interface Parsed {
  readonly words: ReadonlyArray<string>
  readonly flags: ReadonlyMap<string, string | boolean>
}

/** None when an option is not among the known ones: the full parser then says what is wrong. */
export const parse = (args: ReadonlyArray<string>, { bare, either, valued }: Shape): Parsed | undefined => {
  const words: Array<string> = []
  const flags = new Map<string, string | boolean>()
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ""
    if (arg === "--") return { words: [...words, ...args.slice(index + 1)], flags }
    if (!arg.startsWith("--")) {
      if (arg.startsWith("-") && arg !== "-" && words.length === 0) return undefined
      words.push(arg)
      continue
    }
    const equals = arg.indexOf("=")
    const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals)
    if (equals < 0 && (bare.includes(name) || either.includes(name))) flags.set(name, true)
    else if (equals < 0 && name.startsWith("no-") && bare.includes(name.slice(3))) flags.set(name.slice(3), false)
    else if (valued.includes(name) || (equals >= 0 && either.includes(name))) {
      const value = equals < 0 ? args[++index] : arg.slice(equals + 1)
      if (value === undefined) return undefined
      flags.set(name, value)
    } else return undefined
  }
  return { words, flags }
}
