/**
 * Mistakes to plant, each beside a twin without it. Paths matter as much as texts: most rules look at both. `OPENING` is
 * put before every text that does not begin with a comment.
 */

export interface Mistake {
  /** As the linter prints it. */
  readonly rule: string
  /** Path → text. Each file has one mistake. */
  readonly bad: Readonly<Record<string, string>>
  readonly good: Readonly<Record<string, string>>
}

export const OPENING = "/** Planted. */\n"
const lines = (count: number) => Array.from({ length: count }, (_, n) => `export const n${n} = ${n}\n`).join("")
const effect = `import { Effect } from "effect"\n`
const schema = `import { Schema } from "effect"\n`

export const MISTAKES: ReadonlyArray<Mistake> = [
  {
    rule: "sm(no-run-effect)",
    bad: {
      "src/gateway/RunPromise.ts": `${effect}export const now = Effect.runPromise(Effect.void)\n`,
      "src/gateway/RunSync.ts": `${effect}export const now = () => Effect.runSync(Effect.void)\n`,
      "src/gateway/RunForkWith.ts": `${effect}export const run = Effect.runForkWith\n`,
      "src/gateway/Managed.ts": `import { Layer, ManagedRuntime } from "effect"\nexport const r = ManagedRuntime.make(Layer.empty)\n`,
      "src/Main.ts": `import * as NodeRuntime from "@effect/platform-node/NodeRuntime"\nNodeRuntime.runMain(null)\n`
    },
    good: {
      "src/daemon.ts": `import * as NodeRuntime from "@effect/platform-node/NodeRuntime"\nNodeRuntime.runMain(null)\n`,
      "src/gateway/Returned.ts": `${effect}export const later = Effect.void\n`,
      "test/Anything.ts": `${effect}export const now = Effect.runPromise(Effect.void)\n`
    }
  },
  {
    rule: "sm(no-ambient)",
    bad: {
      "src/gateway/Now.ts": "export const now = () => Date.now()\n",
      "src/gateway/NewDate.ts": "export const now = () => new Date()\n",
      "src/gateway/Luck.ts": "export const luck = () => Math.random()\n",
      "src/gateway/Env.ts": `export const path = process.env["PATH"]\n`,
      "src/gateway/Timeout.ts": "export const later = (f: () => void) => setTimeout(f, 1)\n",
      "src/gateway/Interval.ts": "export const often = (f: () => void) => setInterval(f, 1)\n"
    },
    good: {
      "src/gateway/Converted.ts": "export const at = (millis: number) => new Date(millis)\n",
      "src/terminal/TmuxControl.ts": "export const later = (f: () => void) => setTimeout(f, 1)\n",
      "cli/Now.ts": "export const now = () => Date.now()\n"
    }
  },
  {
    rule: "sm(no-dumping-ground)",
    bad: {
      "src/gateway/utils.ts": "export const a = 1\n",
      "src/gateway/helpers/Thing.ts": "export const a = 1\n",
      "src/domain/types.ts": "export const a = 1\n",
      "src/broker/errors.ts": "export const a = 1\n",
      "cli/constants.ts": "export const a = 1\n",
      "test/common/Thing.ts": "export const a = 1\n",
      "src/gateway/index.ts": "export const a = 1\n"
    },
    good: {
      "src/plugins/claude/index.ts": "export const a = 1\n",
      "cli/commands/index.ts": "export const a = 1\n",
      "src/domain/ErrorsOfThePast.ts": "export const a = 1\n"
    }
  },
  {
    rule: "sm(no-inline-schema-compile)",
    bad: {
      "src/gateway/Decode.ts": `${schema}export const read = (text: unknown) => Schema.decodeUnknownOption(Schema.String)(text)\n`,
      "src/gateway/Encode.ts": `${schema}export function write(text: string) {\n  return Schema.encodeSync(Schema.String)(text)\n}\n`
    },
    good: {
      "src/gateway/Compiled.ts": `${schema}const decode = Schema.decodeUnknownOption(Schema.String)\nexport const read = (text: unknown) => decode(text)\n`,
      "src/actors/Actor.ts": `${schema}export const codec = () => Schema.decodeUnknownOption(Schema.String)\n`
    }
  },
  {
    rule: "sm(no-swallowed-error)",
    bad: {
      "src/gateway/Empty.ts": "export const quiet = (f: () => void) => {\n  try {\n    f()\n  } catch {}\n}\n",
      "src/gateway/Promised.ts": "export const quiet = (p: Promise<void>) => p.catch(() => {})\n",
      "src/gateway/Void.ts": `${effect}export const quiet = Effect.catchCause(Effect.void, () => Effect.void)\n`,
      "src/gateway/Ignored.ts": `${effect}export const quiet = Effect.ignoreCause(Effect.void)\n`
    },
    good: {
      "src/gateway/Explained.ts":
        "export const quiet = (f: () => void) => {\n  try {\n    f()\n  } catch {\n    // Gone already.\n  }\n}\n",
      "src/gateway/Instead.ts": `export const read = (p: Promise<string>) => p.catch(() => "")\n`
    }
  },
  {
    rule: "eslint(max-lines)",
    bad: { "src/gateway/Long.ts": lines(300), "test/Long.test.ts": lines(500) },
    good: { "src/gateway/Short.ts": lines(299), "test/Short.test.ts": lines(499) }
  },
  {
    rule: "sm(opening-sentence)",
    bad: {
      "src/gateway/Bare.ts": "// A comment of another kind.\nexport const a = 1\n",
      "cli/Empty.ts": "/** */\nexport const a = 1\n",
      "scripts/Late.ts": "/* One. */\n/** Two. */\nexport const a = 1\n"
    },
    good: { "test/Bare.ts": "// Tests need none.\nexport const a = 1\n" }
  },
  {
    rule: "import(no-cycle)",
    bad: {
      "src/gateway/Hen.ts": `import { egg } from "./Egg.ts"\nexport const hen: () => unknown = () => egg\n`,
      "src/gateway/Egg.ts": `import { hen } from "./Hen.ts"\nexport const egg: () => unknown = () => hen\n`
    },
    good: { "src/gateway/Rooster.ts": `export const rooster = 1\n` }
  },
  {
    rule: "eslint(no-restricted-imports)",
    bad: {
      "src/Barrel.ts": `import "@effect/platform-node"\n`,
      "src/Swagger.ts": `import "effect/http-api"\n`,
      "src/OldSchema.ts": `import "@effect/schema"\n`,
      "src/OldPlatform.ts": `import "@effect/platform"\n`,
      "src/OldNats.ts": `import "nats"\n`
    },
    good: { "src/Subpath.ts": `import "@effect/platform-node/NodeRuntime"\nimport "effect/http-api/HttpApi"\n` }
  }
]

export interface Imports {
  readonly file: string
  readonly may: ReadonlyArray<string>
  readonly never: ReadonlyArray<string>
}

/** For every line of lint/layers.ts a file with imports that it may have, and with imports that it may not. */
export const IMPORTS: ReadonlyArray<Imports> = [
  {
    file: "src/domain/Lock.ts",
    may: ["effect", "effect/encoding/Yaml", "./Ids.ts"],
    never: ["node:fs", "@nats-io/jetstream", "../broker/Subject.ts", "../gateway/Api.ts"]
  },
  { file: "src/broker/Broker.ts", may: ["effect", "../domain/Ids.ts"], never: ["./NatsMail.ts", "@nats-io/jetstream"] },
  {
    file: "src/broker/NatsTimers.ts",
    may: ["@nats-io/transport-node", "./Subject.ts"],
    never: ["../actors/Out.ts", "../plugins/sdk/hooks.ts", "../gateway/Api.ts", "./server/Trust.ts", "node:fs"]
  },
  {
    file: "src/broker/server/Archive.ts",
    may: ["node:crypto", "../Topology.ts", "./NKey.ts"],
    never: ["../../actors/Out.ts", "../../gateway/Api.ts"]
  },
  { file: "src/terminal/Terminal.ts", may: ["effect", "../domain/Ids.ts"], never: ["./TmuxPanes.ts", "node:fs"] },
  {
    file: "src/terminal/Panes.ts",
    may: ["node:child_process", "./Screen.ts"],
    never: ["../agents/Roster.ts", "../broker/Subject.ts", "../actors/Out.ts"]
  },
  { file: "src/process/Tied.ts", may: ["effect", "node:child_process"], never: ["../git/Git.ts", "../domain/Ids.ts"] },
  { file: "src/git/Git.ts", may: ["effect", "../domain/Worktree.ts"], never: ["./LocalGit.ts", "node:fs"] },
  {
    file: "src/git/Bundles.ts",
    may: ["node:fs/promises", "./Git.ts", "../process/Subprocess.ts"],
    never: ["../actors/Out.ts", "../gateway/Api.ts", "../terminal/Tmux.ts"]
  },
  {
    file: "src/agents/LocalFiles.ts",
    may: ["node:fs/promises", "./Agent.ts", "../terminal/Terminal.ts"],
    never: ["../terminal/Tmux.ts", "../plugins/sdk/hooks.ts", "../actors/Out.ts"]
  },
  {
    file: "src/agents/Signals.ts",
    may: ["./Agent.ts", "../terminal/Terminal.ts"],
    never: ["node:fs", "../terminal/Tmux.ts", "../plugins/claude/screen.ts"]
  },
  {
    file: "src/actors/Supervisor.ts",
    may: ["effect", "./Commit.ts", "../broker/Broker.ts", "../domain/Event.ts"],
    never: [
      "node:fs",
      "@nats-io/jetstream",
      "../broker/NatsMail.ts",
      "../broker/MemoryBroker.ts",
      "./session/Turns.ts",
      "../terminal/Terminal.ts"
    ]
  },
  {
    file: "src/actors/locks/Locks.ts",
    may: ["effect", "../Actor.ts", "../session/Session.ts", "./upgrades.ts", "../../domain/Ids.ts"],
    never: ["./LocksBehavior.ts", "../session/SessionBehavior.ts", "../../broker/Broker.ts", "../Behavior.ts"]
  },
  {
    file: "src/actors/locks/LocksReactor.ts",
    may: [
      "../Behavior.ts",
      "./Scopes.ts",
      "../session/Session.ts",
      "../../terminal/Terminal.ts",
      "../../broker/Broker.ts"
    ],
    never: [
      "../session/SessionBehavior.ts",
      "../../terminal/Tmux.ts",
      "../../broker/NatsMail.ts",
      "../../gateway/Api.ts",
      "../../plugins/sdk/hooks.ts",
      "node:fs"
    ]
  },
  {
    file: "src/plugins/sdk/channels.ts",
    may: ["../../agents/Agent.ts", "./screen.ts", "../../actors/session/Session.ts", "node:fs"],
    never: [
      "../claude/screen.ts",
      "../PluginHost.ts",
      "../../actors/session/SessionBehavior.ts",
      "../../broker/Broker.ts"
    ]
  },
  {
    file: "src/plugins/telegram/Bot.ts",
    may: ["../sdk/definePlugin.ts", "./format.ts", "../../domain/Event.ts", "node:crypto"],
    never: [
      "../claude/screen.ts",
      "../PluginHost.ts",
      "../../actors/Out.ts",
      "../../actors/session/Session.ts",
      "../../broker/Broker.ts",
      "../../gateway/Api.ts",
      "@nats-io/jetstream"
    ]
  },
  {
    file: "src/plugins/PluginWatch.ts",
    may: ["./sdk/definePlugin.ts", "./codex/home.ts", "../agents/Roster.ts"],
    never: ["../actors/Out.ts", "../broker/Broker.ts", "../gateway/Api.ts"]
  },
  {
    file: "src/gateway/LockVerbs.ts",
    may: ["./Refusals.ts", "../actors/ActorRef.ts", "../actors/session/Session.ts", "../broker/Broker.ts"],
    never: [
      "../actors/session/SessionBehavior.ts",
      "../broker/NatsMail.ts",
      "../terminal/Tmux.ts",
      "../plugins/sdk/hooks.ts",
      "@nats-io/jetstream"
    ]
  },
  {
    file: "cli/commands/lock.ts",
    may: ["../Client.ts", "clipanion", "node:fs", "../../src/Home.ts"],
    never: [
      "effect",
      "@nats-io/transport-node",
      "../../src/actors/session/Session.ts",
      "../../src/gateway/Api.ts",
      "../../src/domain/Ids.ts"
    ]
  },
  { file: "src/App.ts", may: ["./broker/NatsBroker.ts", "./actors/session/SessionBehavior.ts", "node:fs"], never: [] }
]
