/** Schemas as short text: `string`, `SessionId`, `{ id: SessionId, name?: string }`. Schemas with a name are called by it. */
import { Schema } from "effect"

export type Json = { readonly [key: string]: unknown }

/** What goes over the wire. */
export const jsonOf = (schema: Schema.Top): Json => Schema.toJsonSchemaDocument(schema).schema as Json

/** Only what says more than "some text" is worth a name. */
const isTelling = (json: Json): boolean =>
  "properties" in json || "pattern" in json || "anyOf" in json || "enum" in json

export interface Named {
  readonly name: string
  readonly schema: Schema.Top
}

/** The exported schemas of a module. */
export const schemasOf = (module: Readonly<Record<string, unknown>>): ReadonlyArray<Named> =>
  Object.entries(module).flatMap(([name, value]) => (Schema.isSchema(value) ? [{ name, schema: value }] : []))

export const describer = (named: ReadonlyArray<Named>) => {
  const names = new Map<string, string>()
  for (const { name, schema } of named) {
    const json = jsonOf(schema)
    const text = JSON.stringify(json)
    if (isTelling(json) && !names.has(text)) names.set(text, name)
  }

  const fields = (json: Json): ReadonlyArray<{ readonly name: string; readonly type: string }> => {
    const required = new Set((json["required"] ?? []) as ReadonlyArray<string>)
    return Object.entries((json["properties"] ?? {}) as Readonly<Record<string, Json>>).map(([name, type]) => ({
      name: required.has(name) ? name : `${name}?`,
      type: text(type)
    }))
  }

  const text = (json: Json): string => names.get(JSON.stringify(json)) ?? written(json)

  /** Without the schema's own name. */
  const written = (json: Json): string => {
    const choices = json["anyOf"] as ReadonlyArray<Json> | undefined
    if (choices !== undefined) return choices.map(text).join(" | ")
    const values = json["enum"] as ReadonlyArray<unknown> | undefined
    if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(" | ")
    if (json["type"] === "array") return `Array<${text((json["items"] ?? {}) as Json)}>`
    if (json["type"] === "object") {
      if ("patternProperties" in json) return "{ [name]: string }"
      const inner = fields(json).map(({ name, type }) => `${name}: ${type}`)
      return inner.length === 0 ? "{}" : `{ ${inner.join(", ")} }`
    }
    if (json["type"] === "integer") return "integer"
    return typeof json["type"] === "string" ? json["type"] : "any JSON"
  }

  return { fields, text, written }
}
