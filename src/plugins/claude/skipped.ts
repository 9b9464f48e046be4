/**
 * Settings files that Claude Code skips as a whole, for a hook's matcher is an object in them, as it was years ago. What such
 * a file denies, or wants asked, is given to the session all the same: skipping a hook must not allow anything.
 */
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Option, Schema } from "effect"
import { claudeHome } from "./home.ts"

const Rules = Schema.optionalKey(Schema.Array(Schema.String))
const Skipped = Schema.fromJsonString(
  Schema.Struct({
    permissions: Schema.optionalKey(Schema.Struct({ deny: Rules, ask: Rules })),
    hooks: Schema.Record(Schema.String, Schema.Array(Schema.Struct({ matcher: Schema.optionalKey(Schema.Unknown) })))
  })
)
const decodeSkipped = Schema.decodeOption(Skipped)

interface Restrictions {
  readonly deny: ReadonlyArray<string>
  readonly ask: ReadonlyArray<string>
}

/** Pure: of one file's text. */
export const restrictionsIn = (text: string): Restrictions => {
  const found = Option.getOrUndefined(decodeSkipped(text))
  const matchers = Object.values(found?.hooks ?? {}).flatMap((groups) => groups.map(({ matcher }) => matcher))
  const skipped = matchers.some((matcher) => typeof matcher === "object")
  return { deny: (skipped && found?.permissions?.deny) || [], ask: (skipped && found?.permissions?.ask) || [] }
}

/** Of all files that the session would read. */
export const restrictions = (cwd: string, env: Readonly<Record<string, string>>): Effect.Effect<Restrictions> =>
  Effect.promise(async () => {
    const places = [
      join(claudeHome(env), "settings.json"),
      join(cwd, ".claude", "settings.json"),
      join(cwd, ".claude", "settings.local.json")
    ]
    const texts = await Promise.all(places.map((path) => readFile(path, "utf8").catch(() => "")))
    const found = texts.map(restrictionsIn)
    return { deny: found.flatMap(({ deny }) => deny), ask: found.flatMap(({ ask }) => ask) }
  })
