/** What the declaration of one command says: for `sm help <command>`, for completions and for docs/cli.md. */
import { Cli, type CommandClass } from "clipanion"
import type { SmContext } from "./SmCommand.ts"

export interface Choice {
  /** The long name first. */
  readonly names: ReadonlyArray<string>
  /** Takes a value. */
  readonly takes: boolean
  readonly description: string
}

export interface Manual {
  /** `sm output <session>`, without options. */
  readonly usage: string
  readonly description: string
  readonly details: string
  readonly options: ReadonlyArray<Choice>
  readonly examples: ReadonlyArray<{ readonly label: string; readonly line: string }>
}

export const parserOf = (command: CommandClass<SmContext>): Cli<SmContext> =>
  Cli.from<SmContext>([command], { binaryName: "sm", enableColors: false })

/** `-n,--lines #0`: the names, and that it takes a value. */
const choice = ({ definition, description = "" }: { readonly definition: string; readonly description?: string }) => {
  const [names = "", ...value] = definition.split(" ")
  return {
    names: names.split(",").toSorted((one, two) => two.length - one.length),
    takes: value.length > 0,
    description
  }
}

export const manualOf = (command: CommandClass<SmContext>): Manual => {
  const { description = "", details = "", examples = [] } = command.usage ?? {}
  const [definition] = parserOf(command).definitions()
  return {
    usage: definition?.usage ?? "",
    description,
    details,
    options: (definition?.options ?? []).map(choice),
    examples: examples.map(([label, line]) => ({ label, line }))
  }
}

/** Words of at most so many columns a line. */
const wrapped = (text: string, columns: number): string => {
  const lines = [""]
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? ""
    if (last !== "" && last.length + word.length >= columns) lines.push(word)
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`
  }
  return lines.join("\n")
}

export const manualText = ({ description, details, examples, options, usage }: Manual): string => {
  const named = options.map(({ description: line, names, takes }) => [`${names.join(", ")}${takes ? " …" : ""}`, line])
  const width = Math.max(...named.map(([names = ""]) => names.length))
  return [
    `${usage}${options.length === 0 ? "" : " [options]"}\n${description}`,
    ...(details === "" ? [] : [wrapped(details, 100)]),
    named.map(([names = "", line = ""]) => `  ${names.padEnd(width)}  ${line}`).join("\n"),
    ...(examples.length === 0 ? [] : [examples.map(({ label, line }) => `  # ${label}\n  ${line}`).join("\n")])
  ].join("\n\n")
}
