/** The agent kinds that plugins registered, by name. */
import { Context, Effect, Layer, Option, type Scope } from "effect"
import type { AgentAdapter } from "./Agent.ts"

export class Roster extends Context.Service<
  Roster,
  {
    readonly find: (kind: string) => Effect.Effect<Option.Option<AgentAdapter>>
    readonly kinds: Effect.Effect<ReadonlyArray<string>>
    /** Until the scope closes. A later registration of the same kind wins. */
    readonly register: (adapter: AgentAdapter) => Effect.Effect<void, never, Scope.Scope>
  }
>()("sm/agents/Roster") {}

export const layer: Layer.Layer<Roster> = Layer.sync(Roster, () => {
  const adapters = new Map<string, ReadonlyArray<AgentAdapter>>()
  return {
    find: (kind) => Effect.sync(() => Option.fromUndefinedOr(adapters.get(kind)?.at(-1))),
    kinds: Effect.sync(() => [...adapters].filter(([, list]) => list.length > 0).map(([kind]) => kind)),
    register: (adapter) =>
      Effect.acquireRelease(
        Effect.sync(() => adapters.set(adapter.kind, [...(adapters.get(adapter.kind) ?? []), adapter])),
        () =>
          Effect.sync(() =>
            adapters.set(
              adapter.kind,
              (adapters.get(adapter.kind) ?? []).filter((other) => other !== adapter)
            )
          )
      ).pipe(Effect.asVoid)
  }
})
