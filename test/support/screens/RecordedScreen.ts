/** A screen of a real agent in a file: what is known of it as one line of JSON, then its text. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Schema } from "effect"
import type { Screen } from "../../../src/terminal/Terminal.ts"

/** What somebody who looks at the screen says of it. `answer`: the spawn itself may answer the question. */
export const Expectation = Schema.Struct({
  activity: Schema.Literals(["starting", "idle", "busy", "dialog", "exited", "unknown"]),
  draft: Schema.NullOr(Schema.String),
  answer: Schema.Boolean
})
export type Expectation = typeof Expectation.Type

const Head = Schema.Struct({
  /** The version of the agent; none: the one that the shipped rules name. */
  agent: Schema.optionalKey(Schema.String),
  title: Schema.String,
  cursor: Schema.Struct({ x: Schema.Int, y: Schema.Int }),
  faint: Schema.Boolean,
  dead: Schema.Boolean,
  expect: Expectation
})
const HeadLine = Schema.fromJsonString(Head)
const decodeHead = Schema.decodeSync(HeadLine)
const encodeHead = Schema.encodeSync(HeadLine)

const folder = (kind: string): string => join(import.meta.dirname, "../../screens", kind)

export const pathOf = (kind: string, name: string): string => join(folder(kind), `${name}.txt`)

export const write = (screen: Screen, expect: Expectation, agent: string): string => {
  const { cursor, dead, faint, text, title } = screen
  return `${encodeHead({ agent, title, cursor, faint, dead, expect })}\n${text.trimEnd()}\n`
}

/** All recorded screens of an agent kind, by name. */
export const recorded = (
  kind: string
): ReadonlyArray<{
  readonly name: string
  readonly agent: string | undefined
  readonly screen: Screen
  readonly expect: Expectation
}> =>
  readdirSync(folder(kind))
    .toSorted()
    .map((file) => {
      const [head = "", ...lines] = readFileSync(join(folder(kind), file), "utf8").split("\n")
      const { agent, expect, ...about } = decodeHead(head)
      return {
        name: file.replace(/\.txt$/u, ""),
        agent,
        screen: { ...about, text: lines.join("\n"), humanActive: false, watched: false },
        expect
      }
    })
