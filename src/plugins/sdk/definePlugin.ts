/** What a plugin is: a name, a schema for its configuration, and what it does with the capabilities it asks for. */
import { Effect, Schema, type Scope } from "effect"
import type { Roster } from "../../agents/Roster.ts"

/** Capabilities are services: a plugin's requirements are its permissions, and the compiler rejects an unlisted one. */
export interface Capabilities {
  /** Register agent kinds. */
  readonly agents: Roster
}
export type Capability = keyof Capabilities

/** A plugin with its configuration still as written: decoded when it is started. */
export interface Plugin {
  readonly name: string
  readonly capabilities: ReadonlyArray<Capability>
  /** Decodes the configuration and runs the set-up; what it registers is gone when the scope closes. */
  readonly start: Effect.Effect<void, unknown, Roster | Scope.Scope>
}

export const definePlugin = <C extends Schema.Codec<unknown, unknown>, const K extends Capability>(options: {
  readonly name: string
  readonly config: C
  readonly capabilities: ReadonlyArray<K>
  readonly setup: (config: C["Type"]) => Effect.Effect<void, unknown, Capabilities[K] | Scope.Scope>
}): ((config: C["Encoded"]) => Plugin) => {
  const decode = Schema.decodeUnknownEffect(options.config, { onExcessProperty: "error" })
  return (config) => ({
    name: options.name,
    capabilities: options.capabilities,
    start: Effect.flatMap(decode(config), options.setup)
  })
}
