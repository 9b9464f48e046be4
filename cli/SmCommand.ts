/** What every command shares: `--json`, and asking the daemon. */
import { readFileSync } from "node:fs"
import { type BaseContext, Command, Option } from "clipanion"
import { ask } from "./Client.ts"
import { failed, settle } from "./Output.ts"

export interface SmContext extends BaseContext {
  /** What stood behind `--`: arguments of the agent's own. */
  readonly afterDashes: ReadonlyArray<string>
}

export abstract class SmCommand extends Command<SmContext> {
  json = Option.Boolean("--json", false, { description: "print one JSON envelope: { ok, data, error }" })

  abstract run(): Promise<number>

  override async execute(): Promise<number> {
    try {
      return await this.run()
    } catch (error) {
      return failed(error, this.json)
    }
  }

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

/** A long text: given, or in a file, or on standard input when it is `-`. */
export const body = (text: string | undefined, file: string | undefined): string | undefined => {
  if (file !== undefined) return readFileSync(file === "-" ? 0 : file, "utf8")
  return text === "-" ? readFileSync(0, "utf8") : text
}
