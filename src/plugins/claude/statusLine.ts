/**
 * Claude Code's status line tells how full the context is. There can be only one, so ours runs the user's own, where the
 * settings have one, and shows what that prints.
 */
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Option, Schema } from "effect"
import type { LaunchRequest, Signal } from "../../agents/Agent.ts"
import { hookCommand } from "../sdk/launching.ts"
import { claudeHome } from "./home.ts"

/** The event under which the status line reports. */
export const EVENT = "StatusLine"

const Wanted = Schema.fromJsonString(
  Schema.Struct({
    statusLine: Schema.Struct({
      type: Schema.Literal("command"),
      command: Schema.NonEmptyString,
      padding: Schema.optionalKey(Schema.Finite),
      refreshInterval: Schema.optionalKey(Schema.Finite)
    })
  })
)
const decodeWanted = Schema.decodeOption(Wanted)

/** The setting for the session's own settings file. The nearest one wins, as in Claude Code: `given`, the project's, the user's. */
export const statusLine = (request: LaunchRequest, env: Readonly<Record<string, string>>, given: string) =>
  Effect.promise(async () => {
    const places = [
      join(request.cwd, ".claude", "settings.local.json"),
      join(request.cwd, ".claude", "settings.json"),
      join(claudeHome(env), "settings.json")
    ]
    const texts = await Promise.all(places.map((path) => readFile(path, "utf8").catch(() => "")))
    const wanted = [given, ...texts].flatMap((text) => Option.toArray(decodeWanted(text)))[0]?.statusLine
    const own = wanted === undefined ? [] : [wanted.command]
    return { ...wanted, type: "command" as const, command: hookCommand(request.sm, "claude", EVENT, own).command }
  })

const Payload = Schema.Struct({
  model: Schema.optionalKey(Schema.Struct({ id: Schema.optionalKey(Schema.String) })),
  cost: Schema.optionalKey(Schema.Struct({ total_cost_usd: Schema.optionalKey(Schema.Finite) })),
  context_window: Schema.Struct({
    total_input_tokens: Schema.Int,
    context_window_size: Schema.Int,
    used_percentage: Schema.Finite
  })
})
const decodePayload = Schema.decodeUnknownOption(Payload)

/** Pure. Before the first turn there is no percentage, and no signal. */
export const measured = (payload: unknown): ReadonlyArray<Signal> =>
  Option.match(decodePayload(payload), {
    onNone: () => [],
    onSome: ({ context_window, cost, model }) => [
      {
        _tag: "ContextMeasured",
        used: context_window.total_input_tokens,
        window: context_window.context_window_size,
        percent: context_window.used_percentage,
        ...(cost?.total_cost_usd === undefined ? {} : { costUsd: cost.total_cost_usd }),
        ...(model?.id === undefined ? {} : { model: model.id })
      }
    ]
  })
