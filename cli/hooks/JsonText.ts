/** Changes one member of a JSON object in its text: everything else stays as somebody wrote it. Pure. */

interface Member {
  readonly key: string
  /** Of the member, from its key on. */
  readonly from: number
  readonly value: number
  readonly to: number
}

const STRING = /"(?:[^"\\]|\\.)*"/uy

/** Behind the value that begins at `from`; the text is known to be JSON. */
const behind = (text: string, from: number): number => {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const letter = text[at]
    if (letter === '"') {
      STRING.lastIndex = at
      at = STRING.exec(text) === null ? text.length : STRING.lastIndex - 1
    } else if (letter === "{" || letter === "[") depth++
    else if (letter === "}" || letter === "]") {
      if (depth === 0) return at
      depth--
    } else if (letter === "," && depth === 0) return at
    if (depth === 0 && (letter === '"' || letter === "}" || letter === "]")) return at + 1
  }
  return text.length
}

const membersOf = (text: string): ReadonlyArray<Member> => {
  const members: Array<Member> = []
  for (let at = text.indexOf("{") + 1; ;) {
    const from = at + text.slice(at).search(/["}]/u)
    if (text[from] !== '"') return members
    STRING.lastIndex = from
    const key = JSON.parse(STRING.exec(text)?.[0] ?? '""') as string
    const colon = text.indexOf(":", STRING.lastIndex)
    const value = colon + 1 + text.slice(colon + 1).search(/\S/u)
    const end = behind(text, value)
    const to = value + text.slice(value, end).trimEnd().length
    members.push({ key, from, value, to })
    at = to
  }
}

/** One step of the text's indentation: what its first member has. */
const stepOf = (text: string): string => /\n([ \t]+)"/u.exec(text)?.[1] ?? "  "

const render = (value: unknown, step: string): string =>
  JSON.stringify(value, null, step)
    .split("\n")
    .map((line, index) => (index === 0 ? line : `${step}${line}`))
    .join("\n")

/** `value` undefined takes the member out. The text is a JSON object, or blank. */
export const withMember = (text: string, key: string, value: unknown): string => {
  if (text.trim() === "") return value === undefined ? text : `${JSON.stringify({ [key]: value }, null, 2)}\n`
  const members = membersOf(text)
  const index = members.findIndex((member) => member.key === key)
  const found = members[index]
  const step = stepOf(text)
  if (found !== undefined && value !== undefined)
    return `${text.slice(0, found.value)}${render(value, step)}${text.slice(found.to)}`
  if (found !== undefined) {
    const [before, after] = [members[index - 1], members[index + 1]]
    // With the comma before it, or else the one behind it.
    if (before !== undefined) return text.slice(0, before.to) + text.slice(found.to)
    if (after !== undefined) return text.slice(0, found.from) + text.slice(after.from)
    return text.slice(0, text.indexOf("{") + 1) + text.slice(text.indexOf("}", found.to))
  }
  if (value === undefined) return text
  const last = members.at(-1)
  const member = `${JSON.stringify(key)}: ${render(value, step)}`
  if (last !== undefined) return `${text.slice(0, last.to)},\n${step}${member}${text.slice(last.to)}`
  const open = text.indexOf("{") + 1
  return `${text.slice(0, open)}\n${step}${member}\n${text.slice(text.indexOf("}", open))}`
}
