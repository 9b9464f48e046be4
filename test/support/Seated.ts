/**
 * A real agent in a pane of its own, without `sm` around it: what its adapter says is done by the test, its hooks are
 * written down, and answered as the test has said.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, Layer, Option } from "effect"
import type { AgentAdapter, Seat, Signal } from "../../src/agents/Agent.ts"
import { adapter as claude } from "../../src/plugins/claude/index.ts"
import { adapter as codex } from "../../src/plugins/codex/index.ts"
import { type Stroke, Terminal } from "../../src/terminal/Terminal.ts"
import { makeAgents } from "./RealAgents.ts"
import { temporary, tmuxDir, tmuxIn } from "./TmuxTest.ts"
import { TooLate, until } from "./Until.ts"

/** Writes the report down, and prints the answer that stands ready for this event. */
const REPORTER = `#!/bin/sh
payload=$(cat)
printf '%s\\t%s\\n' "$3" "$payload" >> "$REPORTS/log"
[ -f "$REPORTS/$3" ] && cat "$REPORTS/$3"
exit 0
`

export interface Options {
  readonly args?: ReadonlyArray<string>
  readonly mode?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Started, and ready for input. */
export const seated = Effect.fnUntraced(function* (kind: "claude" | "codex", options: Options = {}) {
  const { anthropic, claudeHome, codexHome, env, openai } = yield* makeAgents
  const dir = yield* temporary("seated")
  const [cwd, own, reports] = ["project", "own", "reports"].map((name) => {
    mkdirSync(join(dir, name))
    return join(dir, name)
  }) as [string, string, string]
  const reporter = join(dir, "reporter")
  writeFileSync(reporter, REPORTER, { mode: 0o700 })
  const trusted = { hasCompletedOnboarding: true, projects: { [cwd]: { hasTrustDialogAccepted: true } } }
  writeFileSync(join(claudeHome, ".claude.json"), JSON.stringify(trusted))
  const config = join(codexHome, "config.toml")
  writeFileSync(config, `${readFileSync(config, "utf8")}[projects."${cwd}"]\ntrust_level = "trusted"\n`)
  const adapter: AgentAdapter = kind === "claude" ? claude({}) : codex({})
  const launch = yield* adapter.launch({
    sessionId: "0000abcd",
    name: "worker",
    prompt: Option.none(),
    resume: Option.none(),
    cwd,
    model: Option.none(),
    effort: Option.none(),
    permissionMode: Option.some(options.mode ?? (kind === "claude" ? "manual" : "on-request")),
    args: options.args ?? (kind === "claude" ? ["--allowedTools", "Bash"] : []),
    env: { ...env, LANG: "C.UTF-8", REPORTS: reports, ...options.env },
    dir: own,
    sm: [reporter]
  })
  for (const [name, text] of Object.entries(launch.files)) writeFileSync(join(own, name), text)
  const terminal = yield* Effect.service(Terminal).pipe(Effect.provide(Layer.fresh(tmuxIn(yield* tmuxDir))))
  const { pane, pid } = yield* terminal.open({
    sessionId: "0000abcd",
    title: "worker",
    cwd,
    command: launch.command,
    env: launch.env
  })
  const seen = Effect.map(terminal.screen(pane), adapter.read)
  const raw = (): ReadonlyArray<readonly [string, unknown]> =>
    existsSync(join(reports, "log"))
      ? readFileSync(join(reports, "log"), "utf8")
          .split("\n")
          .slice(0, -1)
          .map((line) => {
            const [event = "", payload = ""] = line.split("\t")
            return [event, JSON.parse(payload) as unknown] as const
          })
      : []
  const seat = (): Seat => {
    const told = raw().map(([, payload]) => payload as { readonly transcript_path?: string })
    const transcript = told.findLast(({ transcript_path }) => transcript_path !== undefined)?.transcript_path ?? null
    const agentSessionId = Option.getOrNull(launch.agentSessionId)
    return { sessionId: "0000abcd", cwd, pid, env: launch.env, agentSessionId, transcript }
  }
  const signals = (): ReadonlyArray<Signal> =>
    raw().flatMap(([event, payload]) => adapter.hook(event, payload, Date.now()))
  /** With what the pane shows when it does not happen. */
  const happens = <A>(what: string, probe: Effect.Effect<A | undefined, unknown>) =>
    until(what, probe, 30).pipe(
      Effect.catch((error) =>
        Effect.flatMap(Effect.orDie(terminal.screen(pane)), ({ text }) =>
          Effect.die(error instanceof TooLate ? new Error(`${error.message}:\n${text.trimEnd()}`) : error)
        )
      )
    )
  const agent = {
    adapter,
    cwd,
    seat,
    signals,
    requests: kind === "claude" ? anthropic.requests : openai.requests,
    prompts: kind === "claude" ? anthropic.prompts : openai.prompts,
    happens,
    seen: Effect.orDie(seen),
    screen: Effect.orDie(terminal.screen(pane)),
    type: (strokes: ReadonlyArray<Stroke>) => Effect.orDie(terminal.type(pane, strokes)),
    say: (text: string) => Effect.orDie(terminal.type(pane, adapter.submit(text))),
    shows: (what: string, wanted: (seen: ReturnType<AgentAdapter["read"]>) => boolean) =>
      happens(
        what,
        Effect.map(seen, (now) => (wanted(now) ? now : undefined))
      ),
    /** The first signal, of those behind the first `after`, that is so. */
    signal: <T extends Signal["_tag"]>(
      tag: T,
      wanted: (signal: Extract<Signal, { readonly _tag: T }>) => boolean = () => true,
      after = 0
    ) =>
      happens(
        `${kind} reports ${tag}`,
        Effect.sync(() =>
          signals()
            .slice(after)
            .find(
              (found): found is Extract<Signal, { readonly _tag: T }> => found._tag === tag && wanted(found as never)
            )
        )
      ),
    /** Prints this in answer to the next hooks of this event; `null`: nothing any more. */
    answers: (event: string, text: string | null) => writeFileSync(join(reports, event), text ?? "")
  }
  yield* agent.shows("ready", ({ activity, draft }) => activity === "idle" && draft === null)
  if (kind === "claude")
    yield* happens(
      "registered as idle",
      Effect.map(
        adapter.observe(seat()),
        (found) => Option.exists(found, ({ activity }) => activity === "idle") || undefined
      )
    )
  return agent
})
export type Seated = Effect.Success<ReturnType<typeof seated>>
