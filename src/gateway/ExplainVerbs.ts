/** `explain`: what decided a session's state, beside what its screen and its own file show now. It changes nothing. */
import { Effect, Option } from "effect"
import { ref } from "../actors/ActorRef.ts"
import { Session } from "../actors/session/Session.ts"
import type { AgentAdapter, Seat } from "../agents/Agent.ts"
import { Roster } from "../agents/Roster.ts"
import type { HostId } from "../domain/Ids.ts"
import { Monitoring } from "../domain/MonitorPolicy.ts"
import { PaneId, Terminal } from "../terminal/Terminal.ts"
import type { Input, Output } from "./Api.ts"
import { type Caller, find } from "./Caller.ts"
import { outlook } from "./Outlook.ts"

type Explained = Output<"explain">
type Look = Pick<Explained, "screen" | "stateFile" | "unseen" | "version">

const nothing = (unseen: string): Look => ({ screen: null, stateFile: null, unseen, version: null })

const looking = (adapter: AgentAdapter, seat: Seat, pane: string) =>
  Effect.gen(function* () {
    const terminal = yield* Terminal
    const screen = yield* terminal.screen(PaneId.make(pane))
    const version = adapter.version === undefined ? undefined : yield* adapter.version(seat)
    const { activity, detail, draft, rule = null } = adapter.read(screen, version)
    const own = Option.getOrUndefined(yield* adapter.observe(seat))
    return {
      screen: { activity, detail, rule, draft: draft !== null },
      stateFile: own === undefined ? null : { activity: own.activity, detail: own.detail },
      unseen: null,
      version: version ?? null
    } satisfies Look
  }).pipe(Effect.catch((error) => Effect.succeed(nothing(error.message))))

export const explain = (input: Input<"explain">, caller: Caller, here: HostId) =>
  Effect.gen(function* () {
    const roster = yield* Roster
    const target = yield* find(input.session, caller)
    const { card, evidence, heard, pane, seatEnv } = yield* ref(Session, target.host, target.id).ask("Describe", {})
    const adapter = Option.getOrUndefined(yield* roster.find(card.provider))
    const look = yield* Effect.suspend(() => {
      if (card.host !== here) return Effect.succeed(nothing(`its pane is on ${card.host}`))
      if (pane === null) return Effect.succeed(nothing("it has no pane"))
      if (adapter === undefined) return Effect.succeed(nothing(`its kind ${card.provider} is known no more`))
      const { agentSessionId, id, transcript, workingDir } = card
      const seat = { sessionId: id, cwd: workingDir, pid: pane.pid, env: seatEnv, agentSessionId, transcript }
      return looking(adapter, seat, pane.id)
    })
    const { unknown_after: unknownAfter } = yield* Monitoring
    const capabilities = adapter?.capabilities ?? { confirms: false, turns: false, clears: false }
    const rules = adapter?.rules
    return {
      session: { id: card.id, name: card.name },
      provider: card.provider,
      host: card.host,
      state: card.state,
      detail: card.detail,
      since: card.since,
      evidence,
      heard,
      rules: rules === undefined ? null : { recorded: rules.recorded, own: rules.own() ?? null },
      ...look,
      next: outlook(card.state, { capabilities, unknownAfter })
    } satisfies Explained
  })
