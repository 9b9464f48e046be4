/** Lifts stored session states of older versions. Written against JSON, never against today's schema. */
import { Option, Schema } from "effect"

const V1 = Schema.Struct({ carried: Schema.Array(Schema.String) })
const decodeV1 = Schema.decodeUnknownOption(V1)

/** Version 1 kept only the ids of the letters that the running turn carries. */
const keepLetters = (old: Schema.Json): Schema.Json => {
  if (typeof old !== "object" || old === null || Array.isArray(old)) return old
  const ids = Option.match(decodeV1(old), { onNone: () => [], onSome: ({ carried }) => carried })
  const from = { kind: "human", name: "human" }
  const letter = { from, mode: "sequential", kind: "message", at: 0, bytes: 0, tries: 1 }
  return Object.assign({}, old, { carried: ids.map((id) => ({ id, ...letter })) })
}

/** Version 2 knew neither how full the context is nor which turn ended last. */
const knowContext = (old: Schema.Json): Schema.Json =>
  typeof old !== "object" || old === null || Array.isArray(old)
    ? old
    : Object.assign({}, old, { ended: null, context: null })

const V3 = Schema.Struct({
  typing: Schema.NullOr(Schema.Struct({ letter: Schema.Json, activation: Schema.Json, at: Schema.Json })),
  flying: Schema.Array(Schema.Struct({ letter: Schema.Json, at: Schema.Json })),
  ended: Schema.Json
})
const decodeV3 = Schema.decodeUnknownOption(V3)

/** Version 3 typed one letter at a time, remembered one ended turn and knew nothing of teams. */
const knowTeams = (old: Schema.Json): Schema.Json => {
  if (typeof old !== "object" || old === null || Array.isArray(old)) return old
  const { ended, flying, typing } = Option.getOrElse(decodeV3(old), () => ({ ended: null, flying: [], typing: null }))
  const door = "composer"
  return Object.assign({}, old, {
    typing: typing === null ? null : { letters: [typing.letter], activation: typing.activation, at: typing.at, door },
    flying: flying.map(({ at, letter }) => ({ letters: [letter], at, door })),
    sides: "nobody",
    ended: ended === null ? [] : [ended],
    turnAt: null,
    overAt: null,
    heard: [],
    evidence: null,
    epoch: 0,
    voided: [],
    role: null,
    em: false,
    task: null,
    status: null,
    watchers: [],
    assignment: null,
    completed: null,
    enrolled: null,
    gauge: null,
    edges: {},
    limited: null,
    limits: 0,
    draft: null,
    heardAt: 0,
    leasing: { held: [], awaits: null, renewal: null, over: 0 },
    asking: [],
    asked: [],
    handoff: null,
    vigil: {
      policy: null,
      open: [],
      alarm: null,
      launched: 0,
      reports: false,
      heard: null,
      worked: null,
      rested: null,
      failed: null,
      limit: null,
      compactions: [],
      compacted: null
    },
    recovery: { death: null, server: null, starts: [], due: null, starting: false, cut: null, back: null, gaveUp: null }
  })
}

export const upgrades = { 1: keepLetters, 2: knowContext, 3: knowTeams }
