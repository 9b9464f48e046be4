/** `sm --help`: every command in one line. */
import { catalog, categories, offered } from "./Catalog.ts"
import { done } from "./Output.ts"
import { version } from "./Package.ts"

const width = Math.max(...offered.map(([name]) => name.length))

export const help = (json: boolean): number => {
  const now = version()
  const groups = categories
    .filter((category) => category !== "Plumbing")
    .map((category) =>
      [
        category,
        ...offered
          .filter(([, entry]) => entry.category === category)
          .map(([name, { description }]) => `  ${name.padEnd(width)}  ${description}`)
      ].join("\n")
    )
  const text = [
    `sm ${now}: teams of coding agents, and messages that arrive`,
    "usage: sm <command> [words and options]",
    ...groups,
    "sm help <command> says more; every command takes --json. Begin with: sm up --detach"
  ].join("\n\n")
  const commands = offered.map(([name, { category, description }]) => ({ name, category, description }))
  return done({ version: now, commands }, json, text)
}

export const showVersion = (json: boolean): number => {
  const now = version()
  return done({ version: now }, json, now)
}

/** Every word that calls a command. */
export const callable: ReadonlyArray<string> = [
  ...Object.keys(catalog),
  ...offered.flatMap(([, { aliases = [] }]) => aliases),
  "help"
]
