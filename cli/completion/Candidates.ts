/** What may stand at the cursor. Commands and sessions come without the parser; options load the one command. */
import { catalog, type CommandName, commandOf, type Entry, offered, type Place } from "../Catalog.ts"
import type { Approval } from "../view/Approvals.ts"
import type { Card } from "../view/Sessions.ts"
import type { Line } from "./Line.ts"

export interface Candidate {
  readonly value: string
  readonly description: string
}
/** The shell knows its files better. */
export type Offer = "files" | "directories" | ReadonlyArray<Candidate>

/** Nobody waits longer for a Tab, ms. */
const DEADLINE = 1500

const plain = (values: ReadonlyArray<string>): ReadonlyArray<Candidate> =>
  values.map((value) => ({ value, description: "" }))

/** An answer, or nothing: there is nobody to tell what went wrong. */
const quietly = async <T>(verb: string, input: unknown): Promise<ReadonlyArray<T>> => {
  const { ask } = await import("../Client.ts")
  const reply = await ask(verb, input, { repeatable: true, patience: 0, deadline: DEADLINE }).catch(() => undefined)
  return reply?.ok === true ? (reply.data as ReadonlyArray<T>) : []
}

/** Names; ids as well once a word has been begun. */
const sessions = async (current: string, ended: boolean): Promise<ReadonlyArray<Candidate>> => {
  const cards = (await quietly<Card>("list", { all: ended })).filter(
    ({ state }) => (state === "stopped" || state === "crashed") === ended
  )
  const parent = !ended && process.env["SM_SESSION_ID"] !== undefined
  return [
    ...cards.map(({ id, name, provider, state }) => ({ value: name, description: `${provider} ${id}, ${state}` })),
    ...(current === "" ? [] : cards.map(({ id, name, state }) => ({ value: id, description: `${name}, ${state}` }))),
    ...(parent ? [{ value: "parent", description: "who spawned you" }] : [])
  ]
}

/** Sessions; once a word has been begun, also whoever of a role is free, and the person. */
const recipients = async (current: string): Promise<ReadonlyArray<Candidate>> => {
  if (current === "") return sessions(current, false)
  const cards = current.startsWith("@") ? await quietly<Card>("list", {}) : []
  const roles = new Set(cards.flatMap(({ role }) => (role === null ? [] : [role])))
  return [
    ...(current.startsWith("@") ? [] : await sessions(current, false)),
    ...[...roles].map((role) => ({ value: `@${role}`, description: "one of the role" })),
    { value: "human", description: "the person" },
    { value: "@human", description: "the person" }
  ]
}

const openApprovals = async (): Promise<ReadonlyArray<Candidate>> => {
  const { ask } = await import("../Client.ts")
  const reply = await ask("approvals", {}, { repeatable: true, patience: 0, deadline: DEADLINE }).catch(() => undefined)
  if (reply?.ok !== true) return []
  return (reply.data as { readonly open: ReadonlyArray<Approval> }).open.map(({ detail, id, name, tool }) => ({
    value: id,
    description: `${name}: ${tool}: ${detail}`.slice(0, 80)
  }))
}

const words = (current: string): ReadonlyArray<Candidate> => [
  ...offered.map(([value, { description }]) => ({ value, description })),
  { value: "help", description: "what a command does, and its options" },
  ...(current === ""
    ? []
    : offered.flatMap(([name, { aliases = [] }]) => aliases.map((value) => ({ value, description: `sm ${name}` }))))
]

const sources: Readonly<Record<Place, (current: string) => Promise<ReadonlyArray<Candidate>>>> = {
  session: (current) => sessions(current, false),
  recipient: recipients,
  ended: (current) => sessions(current, true),
  provider: async () => plain(await quietly<string>("kinds", {})),
  shell: async () => plain(["bash", "zsh", "fish"]),
  command: async (current) => words(current),
  hooksAction: async () => plain(["install", "uninstall", "status"]),
  monitorAction: async () => plain(["enable", "disable", "status"]),
  worktreeAction: async () => plain(["list", "restore", "remove"]),
  worktree: async () =>
    (await quietly<{ readonly branch: string; readonly path: string; readonly phase: string }>("worktrees", {})).map(
      ({ branch, path, phase }) => ({ value: branch, description: `${phase}, ${path}` })
    ),
  approvalAction: async () => plain(["list", "rules", "allow", "deny", "forget"]),
  approval: async () => openApprovals(),
  deadLetterAction: async () => plain(["list", "show", "replay", "drop"]),
  deadLetter: async () =>
    (await quietly<{ readonly seq: number; readonly address: string; readonly tag: string }>("deadLetters", {})).map(
      ({ address, seq, tag }) => ({ value: String(seq), description: `${address} ${tag}` })
    ),
  free: async () => []
}

/** What an option's value may be, for those where that is known. */
const values: Readonly<Record<string, Offer>> = {
  "--file": "files",
  "--prompt-file": "files",
  "--cwd": "directories",
  "--wait": plain(["submitted", "answered"]),
  "--status": plain(["running", "completed", "error", "all"])
}

interface Role {
  readonly role: string
  readonly required: ReadonlyArray<string>
  readonly optional: ReadonlyArray<string>
  readonly source: string
}

/** What `--role` may be from here. */
const roles = async (): Promise<ReadonlyArray<Candidate>> =>
  (await quietly<Role>("roles", { cwd: process.cwd() })).map(({ role, source }) => ({
    value: role,
    description: source
  }))

/** The variables of the role that the line names; of every role when it names none. */
const variables = async (given: ReadonlyArray<string>): Promise<ReadonlyArray<Candidate>> => {
  const at = given.findIndex((word) => word === "--role" || word.startsWith("--role="))
  const chosen = given[at] === "--role" ? given[at + 1] : given[at]?.slice("--role=".length)
  const found = (await quietly<Role>("roles", { cwd: process.cwd() })).filter(
    ({ role }) => chosen === undefined || role === chosen
  )
  const names = new Set(found.flatMap(({ optional, required }) => [...required, ...optional]))
  return [...names].map((name) => ({ value: `--${name.replaceAll("_", "-")}`, description: "a variable of the role" }))
}

const valuesOf = async (option: string, current: string): Promise<Offer> => {
  if (option === "--role") return roles()
  return option === "--to" ? sessions(current, false) : (values[option] ?? [])
}

interface Options {
  readonly all: ReadonlyArray<Candidate>
  /** Takes the next word for its value. */
  readonly takes: ReadonlySet<string>
}

const optionsOf = async (name: CommandName): Promise<Options> => {
  const { commands } = await import("../commands/index.ts")
  const { manualOf } = await import("../Manual.ts")
  const { options } = manualOf(await commands[name]())
  return {
    all: [
      ...options.map(({ description, names }) => ({ value: names[0] ?? "", description })),
      { value: "--help", description: "what the command does, and its options" }
    ],
    takes: new Set(options.filter(({ takes }) => takes).flatMap(({ names }) => names))
  }
}

const ofCommand = async (name: CommandName, given: ReadonlyArray<string>, current: string): Promise<Offer> => {
  if (given.includes("--")) return []
  const equals = current.startsWith("--") ? current.indexOf("=") : -1
  if (equals > 0) {
    const option = current.slice(0, equals)
    const known = await valuesOf(option, current.slice(equals + 1))
    return typeof known === "string"
      ? known
      : known.map(({ value }) => ({ value: `${option}=${value}`, description: "" }))
  }
  const anyOption = current.startsWith("-") || given.some((word) => word.startsWith("-"))
  const options: Options = anyOption ? await optionsOf(name) : { all: [], takes: new Set() }
  const last = given.at(-1) ?? ""
  if (options.takes.has(last)) return valuesOf(last, current)
  if (current.startsWith("-")) return name === "dispatch" ? [...options.all, ...(await variables(given))] : options.all
  const place = given.filter(
    (word, index) => !word.startsWith("-") && !options.takes.has(given[index - 1] ?? "")
  ).length
  const { places }: Entry = catalog[name]
  return sources[places[place] ?? "free"](current)
}

/** Only what begins as the word at the cursor does. */
export const candidates = async ({ before, current }: Line): Promise<Offer> => {
  const [verb, ...given] = before
  const offer = await (async (): Promise<Offer> => {
    if (verb === undefined) return current.startsWith("-") ? plain(["--help", "--version"]) : words(current)
    if (verb === "help") return given.length === 0 ? words(current) : []
    const name = commandOf(verb)
    return name === undefined ? [] : ofCommand(name, given, current)
  })()
  return typeof offer === "string" ? offer : offer.filter(({ value }) => value.startsWith(current))
}
