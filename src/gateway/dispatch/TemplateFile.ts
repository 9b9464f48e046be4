/** Where a role's template is found: the project's file, the user's, the shipped one; the nearest that has it counts. */
import { readFile, stat } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Effect, Result, Schema, SchemaIssue } from "effect"
import * as Yaml from "effect/encoding/Yaml"
import { Refusal } from "../Api.ts"
import { perhaps } from "../../domain/Near.ts"
import { plain, type Repo, type Role } from "./Template.ts"

export interface Places {
  /** `dispatch_templates.yaml` of the user. */
  readonly user: string
  /** The file that comes with the package. */
  readonly shipped: string
}

/** Below a project's directory, or one of those above it. */
export const PROJECT_FILE = ".sm/dispatch_templates.yaml"
/** Bytes; a template is a text for an agent, not a book. */
const LARGEST = 1024 * 1024
/** What `sm dispatch` takes itself, so that a template's variable of that name could never be given. */
export const RESERVED: ReadonlyArray<string> = [
  "urgent",
  "important",
  "dry_run",
  "no_clear",
  "no_notify_on_stop",
  "message_id",
  "json",
  "help"
]

const Name = Schema.String.check(
  Schema.makeFilter((name: string) =>
    !/^[A-Za-z][\w-]*$/u.test(name)
      ? `a variable is letters, digits, _ and -, not ${JSON.stringify(name)}`
      : RESERVED.includes(plain(name))
        ? `${name} is an option of sm dispatch; give the variable another name`
        : true
  )
)
const Names = Schema.optionalKey(Schema.NullOr(Schema.Array(Name)))
const File = Schema.Struct({
  repo: Schema.optionalKey(
    Schema.NullOr(Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean])))
  ),
  roles: Schema.optionalKey(
    Schema.NullOr(
      Schema.Record(
        Schema.String,
        Schema.Struct({ template: Schema.NonEmptyString, required: Names, optional: Names, any_of: Names })
      )
    )
  )
})

const decode = Schema.decodeUnknownResult(File, { onExcessProperty: "error" })
const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

interface Found {
  readonly path: string
  readonly repo: Repo
  readonly roles: ReadonlyMap<string, Role>
}

const SHAPE =
  "a file has repo: and roles:, a role has template:, required:, any_of: and optional:; docs/dispatch.md shows one"
const bad = (path: string, reason: string, hint = SHAPE) =>
  new Refusal({ code: "invalid", message: `${path}: ${reason.replaceAll(/\s*\n\s*/gu, " ")}`, hint })

/** The file as it was meant, or the sentence that says what is wrong where. */
export const parse = (path: string, text: string): Found | Refusal => {
  let value: unknown
  try {
    value = Yaml.parse(text) ?? {}
  } catch (error) {
    return bad(path, `not YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
  const decoded = decode(value)
  if (Result.isFailure(decoded)) {
    const [first] = issuesOf(decoded.failure.issue).issues
    const key = (first?.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".")
    return bad(path, `${key === "" ? "" : `${key}: `}${first?.message ?? decoded.failure.message}`)
  }
  const { repo, roles } = decoded.success
  const named = Object.entries(roles ?? {}).map(([name, role]): readonly [string, Role] => [
    name,
    {
      name,
      template: role.template,
      required: (role.required ?? []).map(plain),
      optional: (role.optional ?? []).map(plain),
      anyOf: (role.any_of ?? []).map(plain),
      source: path
    }
  ])
  return {
    path,
    repo: new Map(Object.entries(repo ?? {}).map(([key, word]) => [key, String(word)])),
    roles: new Map(named)
  }
}

/** None when there is no such file. Only a regular file is read: a pipe would never end. */
const read = (path: string) =>
  Effect.tryPromise({
    try: async () => {
      const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined
        throw error
      })
      if (found === undefined) return undefined
      if (!found.isFile()) throw new Error("it is not a file")
      if (found.size > LARGEST) throw new Error(`it is larger than ${LARGEST} bytes`)
      return await readFile(path, "utf8")
    },
    catch: (error) =>
      bad(path, `it cannot be read: ${error instanceof Error ? error.message : String(error)}`, "mend it, or remove it")
  })

/** From a directory upwards. */
const above = (cwd: string): ReadonlyArray<string> => {
  const parent = dirname(cwd)
  return [join(cwd, PROJECT_FILE), ...(parent === cwd ? [] : above(parent))]
}

const load = (path: string) =>
  Effect.gen(function* () {
    const text = yield* read(path)
    const found = text === undefined ? undefined : parse(path, text)
    return found instanceof Refusal ? yield* found : found
  })

/** Files near to far, read as far as is asked. */
const files = (places: Places, cwd: string): ReadonlyArray<string> => [
  ...new Set([...above(cwd), places.user, places.shipped])
]

/** Every role there is from here, the nearest of each name. */
export const rolesFrom = (places: Places, cwd: string) =>
  Effect.gen(function* () {
    const roles = new Map<string, Role>()
    for (const path of files(places, cwd)) {
      for (const [name, role] of (yield* load(path))?.roles ?? []) if (!roles.has(name)) roles.set(name, role)
    }
    return roles as ReadonlyMap<string, Role>
  })

/** The role, and what the files from here to its own say of the repository; of one key the nearest counts. */
export const findRole = (places: Places, cwd: string, name: string) =>
  Effect.gen(function* () {
    const repo = new Map<string, string>()
    for (const path of files(places, cwd)) {
      const file = yield* load(path)
      for (const [key, word] of file?.repo ?? []) if (!repo.has(key)) repo.set(key, word)
      const role = file?.roles.get(name)
      if (role !== undefined) return { role, repo: repo as Repo }
    }
    const known = [...(yield* rolesFrom(places, cwd)).keys()]
    return yield* new Refusal({
      code: "not-found",
      message: `there is no role ${name}${perhaps(name, known)}`,
      hint: known.length === 0 ? "no template file has one" : `roles from here: ${known.join(", ")}`
    })
  })
