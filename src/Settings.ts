/** `config.yaml`, decoded once. Every key is optional; an unknown one is named and refused. */
import { readFile } from "node:fs/promises"
import { hostname } from "node:os"
import { join } from "node:path"
import { Effect, Schema } from "effect"
import * as Yaml from "effect/encoding/Yaml"
import { HostId } from "./domain/Ids.ts"
import { MonitorPolicy } from "./domain/MonitorPolicy.ts"
import { LockPolicy } from "./domain/LockPolicy.ts"
import { ApprovalPolicy } from "./domain/ApprovalPolicy.ts"
import { Policy } from "./domain/Policy.ts"

export const Config = Schema.Struct({
  /** This machine's name in the swarm. Default: made from the host's name at the first start, and kept. */
  host: Schema.optionalKey(HostId),
  broker: Schema.optionalKey(
    Schema.Struct({
      /** A NATS server of your own instead of the embedded one: `nats://user:password@host:4222`. */
      url: Schema.optionalKey(Schema.NonEmptyString),
      /** The nats-server to run. */
      binary: Schema.optionalKey(Schema.NonEmptyString)
    })
  ),
  /** What happens to sessions whose terminal is gone when the daemon starts, as after a reboot. Default: manual. */
  restore: Schema.optionalKey(Schema.Literals(["manual", "auto"])),
  /** Thresholds of delivery and orchestration. */
  policy: Schema.optionalKey(Policy),
  /** What is told to a person, when, and how often a crashed agent is started again. */
  monitor: Schema.optionalKey(MonitorPolicy),
  /** How writes of agents are locked. */
  locks: Schema.optionalKey(LockPolicy),
  /** Reminders and expiry of approvals, and rules that answer them. */
  approvals: Schema.optionalKey(ApprovalPolicy),
  what: Schema.optionalKey(
    Schema.Struct({
      /** Sums sessions up for `sm what` instead of their own agents: reads on standard input, prints the summary. */
      command: Schema.optionalKey(Schema.NonEmptyArray(Schema.NonEmptyString))
    })
  ),
  /** Added to the environment of every agent. */
  env: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})
export type Config = typeof Config.Type

export class SettingsError extends Schema.TaggedError<SettingsError>()("SettingsError", {
  path: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `${this.path}: ${this.reason}`
  }
}

const decode = Schema.decodeUnknownEffect(Config, { onExcessProperty: "error" })

export const load = Effect.fn("Settings.load")(function* (configDir: string) {
  const path = join(configDir, "config.yaml")
  const text = yield* Effect.tryPromise({
    try: () =>
      readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return ""
        throw error
      }),
    catch: (error) => new SettingsError({ path, reason: String(error) })
  })
  if (text.trim() === "") return {} satisfies Config as Config
  const parsed = yield* Effect.try({
    try: () => Yaml.parse(text) as unknown,
    catch: (error) =>
      new SettingsError({ path, reason: `not YAML: ${error instanceof Error ? error.message : String(error)}` })
  })
  return yield* Effect.mapError(
    decode(parsed ?? {}),
    (error) => new SettingsError({ path, reason: error.message.replaceAll(/\s*\n\s*/gu, " ") })
  )
})

/** A host's name made into one token: what a laptop is called may change with the network, so it is asked once. */
export const defaultHost = (): string => {
  const plain =
    hostname()
      .split(".")[0]
      ?.toLowerCase()
      .replaceAll(/[^a-z0-9-]/gu, "-")
      .replace(/^-+/u, "")
      .slice(0, 32) ?? ""
  return plain === "" ? "local" : plain
}
