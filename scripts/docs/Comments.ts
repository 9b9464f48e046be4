/** Doc comments, read from the source: what `/** … *\/` says above an exported constant and above its fields. */
import { readFileSync } from "node:fs"

export interface Comments {
  /** Of the constant itself; empty when there is none. */
  readonly about: string
  readonly fields: Readonly<Record<string, string>>
}

const COMMENT = String.raw`/\*\*((?:(?!\*/)[\s\S])*)\*/\s*`
const sentence = (text: string | undefined): string => (text ?? "").replaceAll(/\s*\n\s*\*\s*/gu, " ").trim()

/** By the name of the exported constant. */
export const commentsIn = (path: string): ReadonlyMap<string, Comments> => {
  const source = readFileSync(path, "utf8")
  const starts = [...source.matchAll(new RegExp(`(?:${COMMENT})?export (?:const|class) (\\w+)`, "gu"))]
  return new Map(
    starts.map((start, n) => {
      const block = source.slice(start.index + start[0].length, starts[n + 1]?.index)
      const fields = [...block.matchAll(new RegExp(`${COMMENT}(\\w+):`, "gu"))]
      return [
        start[2] ?? "",
        {
          about: sentence(start[1]),
          fields: Object.fromEntries(fields.map(([, text, name]) => [name, sentence(text)]))
        }
      ]
    })
  )
}
