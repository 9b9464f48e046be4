/** The few shapes of arguments the hot commands take; anything else is left to the full parser. */
export interface Parsed {
  readonly words: ReadonlyArray<string>
  readonly flags: ReadonlyMap<string, string | true>
}

/** None when an option is not among the known ones: the full parser then says what is wrong. */
export const parse = (
  args: ReadonlyArray<string>,
  bare: ReadonlyArray<string>,
  valued: ReadonlyArray<string>
): Parsed | undefined => {
  const words: Array<string> = []
  const flags = new Map<string, string | true>()
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
    if (equals < 0 && bare.includes(name)) flags.set(name, true)
    else if (valued.includes(name)) {
      const value = equals < 0 ? args[++index] : arg.slice(equals + 1)
      if (value === undefined) return undefined
      flags.set(name, value)
    } else return undefined
  }
  return { words, flags }
}
