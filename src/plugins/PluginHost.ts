/** Starts the plugins, each in a scope of its own: one failure is told and never reaches another or the daemon. */
import { Cause, Context, Effect, Exit, Layer, Scope } from "effect"
import { Roster } from "../agents/Roster.ts"
import type { Plugin } from "./sdk/definePlugin.ts"

export interface PluginState {
  readonly name: string
  readonly state: "running" | "failed"
  readonly detail: string
}

export class PluginHost extends Context.Service<PluginHost, { readonly states: ReadonlyArray<PluginState> }>()(
  "sm/plugins/PluginHost"
) {}

export const layer = (plugins: ReadonlyArray<Plugin>): Layer.Layer<PluginHost, never, Roster> =>
  Layer.effect(
    PluginHost,
    Effect.gen(function* () {
      const host = yield* Effect.scope
      const states: Array<PluginState> = []
      for (const plugin of plugins) {
        const scope = yield* Scope.fork(host)
        const exit = yield* Effect.exit(Scope.provide(plugin.start, scope))
        if (Exit.isSuccess(exit)) {
          states.push({ name: plugin.name, state: "running", detail: plugin.capabilities.join(", ") })
          continue
        }
        yield* Scope.close(scope, exit)
        const error = Cause.squash(exit.cause)
        const detail = error instanceof Error ? error.message : String(error)
        states.push({ name: plugin.name, state: "failed", detail })
        yield* Effect.logError(`plugin ${plugin.name} is not running: ${detail}`)
      }
      return { states }
    })
  )
