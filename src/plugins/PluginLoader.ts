/** Finds `plugins.config.ts` in the configuration directory; without one, the shipped one applies. */
import { stat } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { Effect, Schema } from "effect"
import { claude } from "./claude/index.ts"
import { codex } from "./codex/index.ts"
import { command } from "./command/index.ts"
import { defineConfig, type PluginsConfig } from "./sdk/defineConfig.ts"
import { definePlugin } from "./sdk/definePlugin.ts"

/** The file is there and cannot be used: named with the reason, never skipped. */
export class PluginsConfigError extends Schema.TaggedError<PluginsConfigError>()("PluginsConfigError", {
  path: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `${this.path}: ${this.reason}`
  }
}

/**
 * What a configuration file outside this package may use: its default export is a function of these, so that it needs
 * no `node_modules`: `export default ({ defineConfig, claude, codex, command }) => defineConfig({ plugins: [claude({})] })`.
 */
export const kit = { defineConfig, definePlugin, claude, codex, command }
export type Kit = typeof kit

/** A configuration is values; one that waits for something would hold up every start. */
const PATIENCE = "10 seconds"

const NAMES = ["plugins.config.ts", "plugins.config.mts", "plugins.config.mjs", "plugins.config.js"]

const isConfig = (value: unknown): value is PluginsConfig =>
  typeof value === "object" &&
  value !== null &&
  "plugins" in value &&
  Array.isArray(value.plugins) &&
  value.plugins.every(
    (plugin: unknown) => typeof plugin === "object" && plugin !== null && "name" in plugin && "start" in plugin
  )

export const load = Effect.fn("PluginLoader.load")(function* (configDir: string, shipped: (kit: Kit) => PluginsConfig) {
  for (const name of NAMES) {
    const path = join(configDir, name)
    const found = yield* Effect.promise(() =>
      stat(path).then(
        () => true,
        () => false
      )
    )
    if (!found) continue
    const exported = yield* Effect.tryPromise({
      try: async () => {
        const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
        return typeof module.default === "function" ? (module.default as (kit: Kit) => unknown)(kit) : module.default
      },
      catch: (error) => new PluginsConfigError({ path, reason: error instanceof Error ? error.message : String(error) })
    }).pipe(
      Effect.timeoutOrElse({
        duration: PATIENCE,
        orElse: () => Effect.fail(new PluginsConfigError({ path, reason: `it was not ready within ${PATIENCE}` }))
      })
    )
    if (!isConfig(exported))
      return yield* new PluginsConfigError({
        path,
        reason: "its default export must be defineConfig({ plugins: [...] }), or a function that returns it"
      })
    return exported.plugins
  }
  return shipped(kit).plugins
})
