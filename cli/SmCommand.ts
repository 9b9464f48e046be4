/** What every command shares: `--json`, its line in the catalog, and asking the daemon. */
import { type BaseContext, Command, Option, type Usage } from "clipanion"
import { type Entry, catalog, type CommandName } from "./Catalog.ts"
import { ask } from "./Client.ts"
import { settle } from "./Output.ts"

export interface SmContext extends BaseContext {
  /** What stood behind `--`: arguments of the agent's own. */
  readonly afterDashes: ReadonlyArray<string>
  /** Options that no declaration knows: variables of a dispatch template. */
  readonly params?: Readonly<Record<string, string>>
}

/** The words that call a command. */
export const pathsOf = (name: CommandName): Array<Array<string>> => {
  const { aliases = [] }: Entry = catalog[name]
  return [[name], ...aliases.map((alias) => [alias])]
}

/** The catalog's line with what only the long help shows. */
export const usageOf = (name: CommandName, more: Pick<Usage, "details" | "examples"> = {}): Usage => {
  const { category, description } = catalog[name]
  return Command.Usage({ category, description, ...more })
}

export abstract class SmCommand extends Command<SmContext> {
  json = Option.Boolean("--json", false, { description: "print one JSON envelope: { ok, data, error }" })

  /** What is thrown is explained by `failed`. */
  abstract override execute(): Promise<number>

  /** Asks and prints. */
  async show<T>(
    verb: string,
    input: unknown,
    lines: (data: T) => string,
    options: { readonly repeatable?: boolean; readonly deadline?: number } = {}
  ): Promise<number> {
    return settle<T>(await ask(verb, input, options), this.json, lines)
  }
}
