/** What a dispatch template says once its variables stand in it. Pure: a role, what was given, out comes the text. */
import { Refusal } from "../Api.ts"
import { perhaps } from "../../domain/Near.ts"

/** One role of a template file. */
export interface Role {
  readonly name: string
  readonly template: string
  /** Names, with `_` where people may write `-`. */
  readonly required: ReadonlyArray<string>
  readonly optional: ReadonlyArray<string>
  /** Of these at least one must be given; none listed: nothing must. */
  readonly anyOf: ReadonlyArray<string>
  /** Where it is from, for the sentences. */
  readonly source: string
}

/** What stands for `{repo.key}`. */
export type Repo = ReadonlyMap<string, string>

/** Who dispatches; none for a person at a shell. */
export interface Em {
  readonly id: string
  readonly name: string
}

/** Filled in by sm itself; whoever dispatches cannot give them. */
export const BUILT_IN: ReadonlyArray<string> = ["em_id", "em_name", "role"]
/** Every role takes it; without a place of its own it is appended. */
const EXTRA = "extra"

const NAME = String.raw`[A-Za-z_][\w-]*(?:\.[\w.-]+)?`
/** `{{name}}` is the words `{name}` themselves; any other brace that holds no name is left alone. */
const token = new RegExp(String.raw`\{\{(\??${NAME})\}\}|\{(\??)(${NAME})\}`, "gu")
const guard = new RegExp(String.raw`^([ \t]*)\{\?(${NAME})\}[ \t]?`, "u")

/** `scout-id` and `scout_id` are one name; what follows `repo.` is as the file says. */
export const plain = (name: string): string => (name.includes(".") ? name : name.replaceAll("-", "_"))
const option = (name: string): string => `--${name.replaceAll("_", "-")}`
const list = (names: ReadonlyArray<string>): string => names.map(option).join(", ")

/** What a role takes, in the order of its file. */
export const parametersOf = (role: Role): ReadonlyArray<string> => [
  ...new Set([...role.required, ...role.anyOf, ...role.optional, EXTRA].filter((name) => !BUILT_IN.includes(name)))
]

const invalid = (message: string, hint: string) => new Refusal({ code: "invalid", message, hint })

/** Only the template's own words are looked at: `{x}` in a value is text. */
const strangers = (role: Role, repo: Repo): ReadonlyArray<string> => {
  const known = new Set([...role.required, ...role.anyOf, ...role.optional, ...BUILT_IN, EXTRA])
  const used = [...role.template.matchAll(token)].flatMap(([, , , name]) => (name === undefined ? [] : [plain(name)]))
  return [...new Set(used)].filter((name) => !known.has(name) && !(name.startsWith("repo.") && repo.has(name.slice(5))))
}

const misplaced = (role: Role): string | undefined =>
  role.template
    .split("\n")
    .map((line) => unguarded(line).rest)
    .flatMap((line) => [...line.matchAll(token)])
    .find(([, , mark]) => mark === "?")?.[0]

/** The guards a line begins with, and the line without them. */
const unguarded = (line: string): { readonly names: ReadonlyArray<string>; readonly rest: string } => {
  const match = guard.exec(line)
  if (match === null) return { names: [], rest: line }
  const { names, rest } = unguarded(`${match[1] ?? ""}${line.slice(match[0].length)}`)
  return { names: [plain(match[2] ?? ""), ...names], rest }
}

/** Nothing wrong with the template itself, or what. */
export const check = (role: Role, repo: Repo): Refusal | undefined => {
  const unknown = strangers(role, repo)
  const where = `the template of ${role.name} (${role.source})`
  if (unknown.length > 0) {
    const ofRepo = unknown.some((name) => name.startsWith("repo."))
    return invalid(
      `${where} uses ${unknown.map((name) => `{${name}}`).join(", ")}, which ${ofRepo ? "its repo: map does not define" : "is neither required, optional nor built in"}`,
      ofRepo
        ? `define ${unknown.find((name) => name.startsWith("repo."))?.slice(5)} under repo:`
        : `list it under required: or optional:; {{${unknown[0]}}} is the words themselves`
    )
  }
  const lost = misplaced(role)
  return lost === undefined
    ? undefined
    : invalid(`${where} has ${lost} within a line`, `${lost} stands at the beginning of the line it decides about`)
}

const given = (role: Role, params: Readonly<Record<string, string>>): ReadonlyMap<string, string> | Refusal => {
  const takes = parametersOf(role)
  const found = new Map<string, string>()
  for (const [written, value] of Object.entries(params)) {
    const name = plain(written)
    if (BUILT_IN.includes(name))
      return invalid(`${option(name)} is not for you to give: sm fills it in`, `leave ${option(name)} out`)
    if (!takes.includes(name)) {
      return invalid(
        `${role.name} takes no ${option(name)}${perhaps(option(name), takes.map(option))}`,
        `${role.name} takes ${list(takes)} (${role.source})`
      )
    }
    if (found.has(name)) return invalid(`${option(name)} is given twice`, "give it once")
    found.set(name, value)
  }
  return found
}

/** Nothing left but a bullet or a label that ends in a colon; marks around a value and a full stop do not count. */
const bare = (line: string): boolean => /^(?:[-*])?(?:.*:)?\.?$/u.test(line.replaceAll(/[\s"'`()<>[\]]/gu, ""))

/** The line with its values; none when it has nothing to say. */
const fill = (line: string, values: ReadonlyMap<string, string>): string | undefined => {
  const { names, rest } = unguarded(line)
  if (names.some((name) => !values.has(name))) return undefined
  const used = [...rest.matchAll(token)].flatMap(([, , , name]) => (name === undefined ? [] : [plain(name)]))
  const replaced = rest.replaceAll(token, (_, words: string | undefined, _mark, name: string) =>
    words === undefined ? (values.get(plain(name)) ?? "") : `{${words}}`
  )
  const empty = used.length > 0 && used.every((name) => !values.has(name))
  return empty && bare(replaced) ? undefined : replaced
}

/** The lines that remain; blank lines between paragraphs that are gone go with them. */
const lines = (template: string, values: ReadonlyMap<string, string>): string => {
  const kept: Array<string> = []
  let [gap, blank] = [false, true]
  for (const line of template.replaceAll("\r\n", "\n").split("\n")) {
    const empty = line.trim() === ""
    const filled = empty ? "" : fill(line, values)
    if (filled === undefined) gap = true
    else if (!(empty && gap && blank)) {
      kept.push(filled)
      blank = empty
      if (!empty) gap = false
    }
  }
  while (kept.at(-1) === "") kept.pop()
  return kept.join("\n")
}

/** The text, or what is wrong with the template or with what was given. */
export const expand = (
  role: Role,
  repo: Repo,
  params: Readonly<Record<string, string>>,
  em: Em | undefined
): string | Refusal => {
  const wrong = check(role, repo)
  if (wrong !== undefined) return wrong
  const parameters = given(role, params)
  if (parameters instanceof Refusal) return parameters
  const all = [
    ...parameters,
    ...[...repo].map(([key, value]) => [`repo.${key}`, value] as const),
    ["role", role.name] as const,
    ...(em === undefined ? [] : ([["em_id", em.id] as const, ["em_name", em.name] as const] as const))
  ]
  const values = new Map(all.filter(([, value]) => value.trim() !== ""))
  const missing = role.required.filter((name) => !values.has(name))
  if (missing.some((name) => BUILT_IN.includes(name)))
    return invalid(`${role.name} can be dispatched by a session only (${role.source})`, "dispatch it from an agent")
  if (missing.length > 0)
    return invalid(`${role.name} needs ${list(missing)} (${role.source})`, `it takes ${list(parametersOf(role))}`)
  // The extra words alone are a job as well.
  if (role.anyOf.length > 0 && ![...role.anyOf, EXTRA].some((name) => values.has(name)))
    return invalid(`${role.name} is given nothing to do (${role.source})`, `give at least one of ${list(role.anyOf)}`)
  const text = lines(role.template, values)
  const extra = values.get(EXTRA)
  const placed = [...role.template.matchAll(token)].some(([, , mark, name]) => mark === "" && name === EXTRA)
  const whole = extra === undefined || placed ? text : text === "" ? extra : `${text}\n${extra}`
  return whole.trim() === ""
    ? invalid(`the template of ${role.name} (${role.source}) comes to nothing with what was given`, "give it more")
    : whole
}

/** Characters of a job in a few words. */
const SHORT = 120

/** The job in a few words, for lists: the first line of its task, or else what was given. */
export const headline = (role: Role, params: Readonly<Record<string, string>>): string => {
  const named = Object.entries(params).map(([name, value]) => [plain(name), value.trim().split("\n")[0] ?? ""] as const)
  const task = named.find(([name, value]) => name === "task" && value !== "")?.[1]
  const words = task ?? named.flatMap(([name, value]) => (value === "" ? [] : [`${name} ${value}`])).join(", ")
  const short = words.length > SHORT ? `${words.slice(0, SHORT - 1)}…` : words
  return short === "" ? role.name : short
}
