/** docs/subjects.md: what travels on the broker, from Subject.ts, Topology.ts, Api.ts and Event.ts themselves. */
import { join } from "node:path"
import { Schema } from "effect"
import { subjects as build } from "../../src/broker/Subject.ts"
import { names, topology } from "../../src/broker/Topology.ts"
import * as Event from "../../src/domain/Event.ts"
import * as Ids from "../../src/domain/Ids.ts"
import * as Message from "../../src/domain/Message.ts"
import * as Session from "../../src/domain/Session.ts"
import * as Api from "../../src/gateway/Api.ts"
import * as Messages from "../../src/gateway/Messages.ts"
import * as Person from "../../src/gateway/PersonApi.ts"
import * as TeamApi from "../../src/gateway/TeamApi.ts"
import { type Comments, commentsIn } from "./Comments.ts"
import { describer, type Json, jsonOf, schemasOf } from "./Shape.ts"

const source = (path: string) => join(import.meta.dirname, "../../src", path)
const subject = build("main")
const streams = topology(subject, names("main"))

/** Filled in for the variable tokens; `token` leaves it alone. */
const HOLES = {
  HOST: "host",
  KIND: "kind",
  KEY: "key",
  NAME: "name",
  ENTITY: "entity",
  ID: "id",
  TAG: "Tag",
  LANE: "lane"
}
const to = { host: "HOST", kind: "KIND", key: "KEY" }
const holes = (text: string) =>
  text.replaceAll(/\b[A-Z]{2,}\b/gu, (hole) => (hole in HOLES ? `<${HOLES[hole as keyof typeof HOLES]}>` : hole))

const SUBJECTS: ReadonlyArray<readonly [subject: string, carries: string]> = [
  [subject.mail(to, "LANE" as "normal"), "an envelope for one actor; lanes are `urgent`, `control` and `normal`"],
  [subject.timer(to, "NAME"), "a scheduled envelope: the broker posts it to the actor's mail when its time has come"],
  [subject.event("ENTITY", "ID", "TAG"), "one public fact (`EventRecord`)"],
  [subject.dead(to), "a letter that nobody could handle, with the reason"],
  [subject.state("KIND.KEY"), "an actor's commit: private to it, replaced by compare-and-set"],
  [subject.card("KIND.KEY"), "what everyone may know of a session or a host (`SessionCard`)"],
  [subject.text("KEY"), "the text of a message, or an answer"],
  [`${subject.live}.ENTITY.ID.TAG`, "the same facts as they happen, for whoever may watch"],
  [`${subject.live}.card.session.ID`, "the card of a session whenever it changes, for whoever may watch"],
  [
    `${subject.requests}.VERB.CALLER`.replace("VERB", "<verb>").replace("CALLER", "<caller>"),
    "a request; the answer is a `Reply`"
  ]
]

const covers = (filter: string, text: string): boolean => {
  const parts = text.split(".")
  return filter.split(".").every((part, n) => part === ">" || part === "*" || part === parts[n])
}
const streamOf = (text: string) => streams.find(({ config }) => config.subjects.some((filter) => covers(filter, text)))

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ")
const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n")
const code = (text: string) => (text === "" ? "" : `\`${text}\``)

const days = (nanos: number | undefined) => (nanos === undefined ? "" : `${nanos / 86_400e9} days`)
const hours = (nanos: number | undefined) => (nanos === undefined ? "" : `${nanos / 3600e9} hours`)

const modules = [
  { path: "domain/Ids.ts", module: Ids },
  { path: "domain/Session.ts", module: Session },
  { path: "domain/Message.ts", module: Message },
  { path: "domain/Event.ts", module: Event },
  { path: "gateway/Api.ts", module: Api },
  { path: "gateway/Messages.ts", module: Messages },
  { path: "gateway/PersonApi.ts", module: Person },
  { path: "gateway/TeamApi.ts", module: TeamApi }
]
const comments = new Map<string, Comments>(modules.flatMap(({ path }) => [...commentsIn(source(path))]))
/** A failure, no shape of its own on the wire. */
const shapes = modules.flatMap(({ module }) => schemasOf(module)).filter(({ schema }) => schema !== Api.Refusal)
const shape = describer(shapes)
const NONE = JSON.stringify(jsonOf(Schema.Struct({})))
const text = (schema: Schema.Top) => (JSON.stringify(jsonOf(schema)) === NONE ? "" : shape.text(jsonOf(schema)))

const verbRows = Object.entries(Api.verbs).map(([verb, { doc, input, output }]) => [
  code(verb),
  Api.humanOnly.has(verb as Api.Verb) ? `${doc} Not for agents.` : doc,
  code(text(input)),
  code(text(output))
])

const factRows = (jsonOf(Event.Event)["anyOf"] as ReadonlyArray<Json>).map((fact) => {
  const { _tag, ...rest } = (fact["properties"] ?? {}) as Readonly<Record<string, Json>>
  const [tag = ""] = (_tag?.["enum"] ?? []) as ReadonlyArray<string>
  return [code(tag), code(shape.written({ ...fact, properties: rest }))]
})

/** A table of fields where they are explained, else one line. */
const shapeOf = (name: string, schema: Schema.Top): string => {
  const json = jsonOf(schema)
  const { about = "", fields = {} } = comments.get(name) ?? {}
  const heading = `**${name}**${about === "" ? "" : ` ${about}`}`
  if (typeof json["pattern"] === "string") return `${heading}\n\n\`${json["pattern"]}\``
  if (Object.keys(fields).length === 0) return `${heading}\n\n\`${shape.written(json)}\``
  const rows = shape
    .fields(json)
    .map(({ name: field, type }) => [code(field), code(type), fields[field.replace("?", "")] ?? ""])
  return `${heading}\n\n${table(["field", "type", ""], rows)}`
}

export const subjectsPage = (): string => {
  for (const { config } of streams) {
    for (const filter of config.subjects) {
      if (!SUBJECTS.some(([text]) => covers(filter, text)))
        throw new Error(`scripts/docs/subjects.ts says nothing about ${filter} of ${config.name}`)
    }
  }
  return `# Subjects, streams, verbs and facts

Generated by \`npm run docs\` from \`src/broker/Subject.ts\`, \`src/broker/Topology.ts\`, \`src/gateway/Api.ts\` and
\`src/domain/Event.ts\`: change those. Every variable token keeps letters, digits, \`-\` and \`_\`; any other byte is \`=\` and two
hex digits. Another space than \`main\` (tests use fresh ones) has its name in the place of \`main\`, and its requests
and live facts below \`sm.<space>\`.

## Subjects

${table(
  ["subject", "stream", "carries"],
  SUBJECTS.map(([text, carries]) => [code(holes(text)), code(streamOf(text)?.config.name ?? ""), carries])
)}

## Streams

${table(
  ["stream", "subjects", "purpose", "keeps", "for", "drops repeats within"],
  streams.map(({ config, purpose }) => [
    code(config.name),
    config.subjects.map(code).join(" "),
    purpose,
    config.retention === "workqueue"
      ? "until settled"
      : config.max_msgs_per_subject === 1
        ? "the newest of a subject"
        : "all",
    days(config.max_age),
    hours(config.duplicate_window)
  ])
)}

## Verbs

Asked on \`${subject.requests}.<verb>.<caller>\` with the input as JSON; answered with a \`Reply\`. The caller is \`human\` or a session's id, and
the broker lets a credential publish under its own name only.

${table(["verb", "does", "input", "data"], verbRows)}

## Facts

On \`${holes(subject.event("ENTITY", "ID", "TAG"))}\`, inside an \`EventRecord\`. The entity is \`session\`, \`message\` or \`actor\`.

${table(["fact", "fields besides `_tag`"], factRows)}

## Shapes

${shapes
  .filter(({ schema }) => schema !== Event.Event)
  .map(({ name, schema }) => shapeOf(name, schema))
  .join("\n\n")}
`
}
