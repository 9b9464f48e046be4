/** The rules of an agent kind as they hold now: those that are shipped, as a person's own file corrects them. */
import { Result } from "effect"
import * as Yaml from "effect/encoding/Yaml"
import type { AgentAdapter } from "../../agents/Agent.ts"
import { type Read, readerOf } from "./screenReader.ts"
import { corrected, decodeRules, type RuleSet } from "./screenRules.ts"

export interface Rulebook {
  readonly read: Read
  readonly rules: NonNullable<AgentAdapter["rules"]>
}

const parse = (text: string): Result.Result<unknown, string> =>
  Result.try({
    try: () => Yaml.parse(text) as unknown,
    catch: (error) => `not YAML: ${error instanceof Error ? error.message : String(error)}`
  })

/** `shipped`: the content of the kind's rule file. */
export const rulebook = (shipped: unknown): Rulebook => {
  const set = decodeRules(shipped)
  const versioned = ({ rules }: RuleSet): boolean => rules.some(({ agent }) => agent !== undefined)
  const asShipped = { read: readerOf(set), versioned: versioned(set), own: undefined as string | undefined }
  let now = asShipped
  return {
    read: (screen, version) => now.read(screen, version),
    rules: {
      recorded: set.recorded,
      versioned: () => now.versioned,
      own: () => now.own,
      correct: (file) => {
        if (file === undefined) {
          now = asShipped
          return Result.void
        }
        return Result.map(
          Result.flatMap(parse(file.text), (written) => corrected(set, written)),
          (next) => {
            now = { read: readerOf(next), versioned: versioned(next), own: file.path }
          }
        )
      }
    }
  }
}
