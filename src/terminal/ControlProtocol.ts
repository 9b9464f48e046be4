/** tmux's control mode as bytes: what it answers, what it tells, and how one argument is written. Pure. */

export type ControlNews =
  | { readonly _tag: "Block"; readonly ours: boolean; readonly ok: boolean; readonly lines: ReadonlyArray<string> }
  | { readonly _tag: "Notice"; readonly name: string; readonly rest: string }

interface OpenBlock {
  readonly ours: boolean
  readonly mark: string
  readonly lines: Array<string>
}

/**
 * A parser: feed bytes, get news. Lines are split before they are decoded, and only the exact end mark of a block
 * closes it, for a captured screen may show look-alikes.
 */
export const makeControlParser = (): ((chunk: Buffer) => ReadonlyArray<ControlNews>) => {
  let rest: Buffer = Buffer.alloc(0)
  let block: OpenBlock | undefined
  return (chunk) => {
    const news: Array<ControlNews> = []
    let data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10)) {
      const line = data.toString("utf8", 0, end)
      data = data.subarray(end + 1)
      if (block !== undefined) {
        if (line === `%end ${block.mark}` || line === `%error ${block.mark}`) {
          news.push({ _tag: "Block", ours: block.ours, ok: line.startsWith("%end"), lines: block.lines })
          block = undefined
        } else {
          block.lines.push(line)
        }
      } else if (line.startsWith("%begin ")) {
        // The flag at the end is 1 for answers to what came over our own standard input.
        block = { mark: line.slice(7), ours: line.endsWith(" 1"), lines: [] }
      } else if (line.startsWith("%")) {
        const space = line.indexOf(" ")
        news.push({
          _tag: "Notice",
          name: space < 0 ? line.slice(1) : line.slice(1, space),
          rest: space < 0 ? "" : line.slice(space + 1)
        })
      }
    }
    rest = Buffer.from(data)
    return news
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  $: "\\$",
  // At the beginning it would become a home directory, in double quotes too.
  "~": "\\176",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\u001b": "\\e"
}

/** One argument of a control-mode line: any text without NUL. A line feed travels as `\n` in double quotes. */
export const quote = (text: string): string => {
  // Not `%`, which may begin a directive such as `%if`.
  if (/^[A-Za-z0-9_@+=:,./-]+$/u.test(text)) return text
  // oxlint-disable-next-line no-control-regex -- control characters are what must be escaped
  if (!/[\u0000-\u001f\u007f']/u.test(text)) return `'${text}'`
  const inner = Array.from(text, (char) => {
    const escape = ESCAPES[char]
    if (escape !== undefined) return escape
    return char < " " || char === "\u007f" ? `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}` : char
  })
  return `"${inner.join("")}"`
}
