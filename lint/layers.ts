/** Who may import what: a file of the first layer that matches may import what its line lists, and nothing else. */
import { dirname, join } from "node:path"
import { pathOf, type Place, rule } from "./Rule.ts"

interface Layer {
  /** `*` within a folder, `**` below it, `<name>` one folder that `may` can name again, `<Name>` a file called like it. */
  readonly files: string
  readonly may: ReadonlyArray<string>
  /** May be imported as types, which cost nothing at run time. */
  readonly types?: ReadonlyArray<string>
}

const DEFINITION = "src/actors/<kind>/<Kind>.ts"
const EFFECT = ["effect", "effect/**"]
const PORTS = [
  "src/broker/Broker.ts",
  "src/broker/Directory.ts",
  "src/terminal/Terminal.ts",
  "src/agents/Agent.ts",
  "src/agents/Asking.ts",
  "src/agents/Door.ts",
  "src/agents/Environment.ts",
  "src/agents/Quarters.ts",
  "src/agents/Roster.ts",
  "src/git/Git.ts"
]

export const LAYERS: ReadonlyArray<Layer> = [
  { files: "src/domain/**", may: [...EFFECT, "src/domain/**"] },

  { files: "src/broker/Broker.ts", may: [...EFFECT, "src/domain/**"] },
  { files: "src/broker/*", may: [...EFFECT, "src/domain/**", "src/broker/*", "@nats-io/**"] },
  { files: "src/broker/server/**", may: [...EFFECT, "src/domain/**", "src/broker/**", "@nats-io/**", "node:**"] },

  { files: "src/terminal/Terminal.ts", may: [...EFFECT, "src/domain/**"] },
  { files: "src/terminal/**", may: [...EFFECT, "src/domain/**", "src/terminal/**", "node:**"] },

  { files: "src/process/**", may: [...EFFECT, "node:**"] },

  { files: "src/git/Git.ts", may: [...EFFECT, "src/domain/**"] },
  { files: "src/git/**", may: [...EFFECT, "src/domain/**", "src/git/**", "src/process/**", "node:**"] },

  {
    files: "src/agents/Local*.ts",
    may: [...EFFECT, "src/domain/**", "src/agents/*", "src/terminal/Terminal.ts", "node:**"]
  },
  { files: "src/agents/*", may: [...EFFECT, "src/domain/**", "src/agents/*", "src/terminal/Terminal.ts"] },

  // The runtime knows one port; a definition is what everyone may know; a behaviour knows ports, never drivers.
  { files: "src/actors/*", may: [...EFFECT, "src/domain/**", "src/actors/*", "src/broker/Broker.ts"] },
  {
    files: DEFINITION,
    may: [
      ...EFFECT,
      "src/domain/**",
      "src/actors/Actor.ts",
      "src/agents/Agent.ts",
      "src/actors/<kind>/upgrades.ts",
      "src/actors/<kind>/State.ts",
      DEFINITION
    ]
  },
  {
    files: "src/actors/<kind>/*",
    may: [...EFFECT, "src/domain/**", "src/actors/*", "src/actors/<kind>/*", DEFINITION, ...PORTS]
  },

  {
    files: "src/plugins/sdk/**",
    may: [
      ...EFFECT,
      "src/domain/**",
      "src/plugins/sdk/**",
      "src/agents/Agent.ts",
      "src/agents/Asking.ts",
      "src/agents/Door.ts",
      "src/agents/Roster.ts",
      "src/terminal/Terminal.ts",
      "src/actors/Actor.ts",
      "src/actors/ActorRef.ts",
      DEFINITION,
      "node:**"
    ]
  },
  {
    files: "src/plugins/<name>/**",
    may: [
      ...EFFECT,
      "src/domain/**",
      "src/plugins/sdk/**",
      "src/plugins/<name>/**",
      "src/agents/Agent.ts",
      "src/agents/Asking.ts",
      "src/agents/Door.ts",
      "src/agents/Roster.ts",
      "src/terminal/Terminal.ts",
      "node:**"
    ]
  },
  { files: "src/plugins/*", may: [...EFFECT, "src/domain/**", "src/plugins/**", "src/agents/Roster.ts", "node:**"] },

  {
    files: "src/gateway/**",
    may: [
      ...EFFECT,
      "src/domain/**",
      "src/gateway/**",
      "src/process/**",
      "src/actors/ActorRef.ts",
      "src/actors/ActorSystem.ts",
      DEFINITION,
      ...PORTS,
      "node:**"
    ]
  },

  // The command line asks the daemon; its hot verbs must start fast.
  {
    files: "cli/**",
    may: [
      "cli/**",
      "src/Home.ts",
      "src/LogFile.ts",
      "src/domain/Span.ts",
      "src/domain/Near.ts",
      "src/domain/Writing.ts",
      "clipanion",
      "node:**"
    ],
    types: ["src/domain/**", "src/gateway/Api.ts"]
  },

  // The composition root.
  { files: "src/*", may: ["**"] }
]

/** A pattern as an expression; `names` are what the file of the layer was called. */
export const compile = (pattern: string, names: Readonly<Record<string, string>> = {}): RegExp =>
  new RegExp(
    `^${pattern.replaceAll(/<(\w+)>|\*\*|\*|[.+]/gu, (token, name: string | undefined) => {
      if (name === undefined) return token === "**" ? ".*" : token === "*" ? "[^/]*" : `\\${token}`
      const known = names[name]
      if (known !== undefined) return known
      // A folder at its first mention; capitalised, a file of that name: session/Session.ts.
      return name === name.toLowerCase() ? `(?<${name}>[^/]+)` : `\\k<${name.toLowerCase()}>`
    })}$`,
    "iu"
  )

const compiled = LAYERS.map((layer) => ({ ...layer, pattern: compile(layer.files) }))

/** The imported file as the repository names it, or the package. */
const targetOf = (path: string, specifier: string): string =>
  specifier.startsWith(".") ? join(dirname(path), specifier) : specifier

export const layers = rule((context) => {
  const path = pathOf(context)
  const found = compiled.flatMap((layer) => {
    const match = layer.pattern.exec(path)
    return match === null ? [] : [{ layer, names: match.groups ?? {} }]
  })[0]
  if (found === undefined) {
    if (!/^(?:src|cli)\//u.test(path)) return {}
    return {
      Program: (node) =>
        context.report({ node, message: `no line of lint/layers.ts says what ${dirname(path)}/ may import: add one` })
    }
  }
  const { layer, names } = found
  const may = layer.may.map((pattern) => ownOr(pattern, names))
  const types = (layer.types ?? []).map((pattern) => ownOr(pattern, names))
  const check = (node: Place, specifier: unknown, onlyTypes: boolean) => {
    if (typeof specifier !== "string") return
    const target = targetOf(path, specifier)
    if ([...may, ...(onlyTypes ? types : [])].some((pattern) => pattern.test(target))) return
    context.report({ node, message: `${layer.files} may not import ${target} (lint/layers.ts)` })
  }
  return {
    ImportDeclaration: (node) => check(node, node.source.value, node.importKind === "type"),
    ExportNamedDeclaration: (node) => check(node, node.source?.value, node.exportKind === "type"),
    ExportAllDeclaration: (node) => check(node, node.source.value, node.exportKind === "type"),
    ImportExpression: (node) => check(node, node.source.type === "Literal" ? node.source.value : undefined, false),
    TSImportType: (node) => check(node, node.source.value, true)
  }
})

/** `<kind>` in a definition's own line is that kind; a definition anywhere is any kind. */
const ownOr = (pattern: string, names: Readonly<Record<string, string>>): RegExp =>
  compile(pattern, pattern === DEFINITION ? {} : names)
