/** Verbs that start, change or end a session. */
import { Clock, Duration, Effect, Option } from "effect"
import { SWARM } from "../actors/ActorSystem.ts"
import { ref } from "../actors/ActorRef.ts"
import { Registry } from "../actors/registry/Registry.ts"
import type { Letter } from "../domain/Letter.ts"
import { Session } from "../actors/session/Session.ts"
import { Directory } from "../broker/Directory.ts"
import { Roster } from "../agents/Roster.ts"
import { enrolmentUnder } from "../domain/Enrolment.ts"
import { type HostId, makeMessageId, makeSessionId, type SessionId, SessionName } from "../domain/Ids.ts"
import { perhaps } from "../domain/Near.ts"
import { Rules } from "../domain/Policy.ts"
import type { SessionCard } from "../domain/Session.ts"
import { type Input, Refusal } from "./Api.ts"
import { type Caller, find, mayRule, own, senderOf } from "./Caller.ts"
import { makeLetter } from "./MessageVerbs.ts"

const registry = ref(Registry, SWARM, "main")
const taken = (error: { readonly message: string; readonly by: string }) =>
  new Refusal({ code: "name-taken", message: error.message, hint: `choose another name, or sm kill ${error.by}` })

/** How long `spawn` waits to say whether the program could be started. */
const STARTED = Duration.seconds(8)

const known = (provider: string) =>
  Effect.gen(function* () {
    const roster = yield* Roster
    const kinds = yield* roster.kinds
    if (kinds.includes(provider)) return
    return yield* new Refusal({
      code: "not-found",
      message: `there is no agent kind ${provider}${perhaps(provider, kinds)}`,
      hint: `known kinds: ${kinds.join(", ")}; plugins.config.ts adds more`
    })
  })

/** Asked before what a refusal would come too late for. */
export const checkSpawn = (provider: string, name: SessionName) =>
  Effect.gen(function* () {
    yield* known(provider)
    const directory = yield* Directory
    const other = (yield* directory.all).find((card) => card.name === name && card.state !== "stopped")
    if (other !== undefined)
      return yield* taken({ message: `the name ${name} belongs to session ${other.id}`, by: other.id })
  })

interface Place {
  readonly id?: SessionId
  /** The root of the linked worktree that it works in. */
  readonly worktree?: string | null
}

export const spawn = (input: Input<"spawn">, caller: Caller, host: HostId, place: Place = {}) =>
  Effect.gen(function* () {
    yield* known(input.provider)
    const { worktree = null } = place
    const id = place.id ?? (yield* makeSessionId)
    const name = input.name ?? SessionName.make(`${input.provider.slice(0, 24)}-${id.slice(0, 4)}`)
    const prompt =
      input.prompt === undefined || input.prompt === ""
        ? null
        : yield* makeLetter(caller, input.prompt, { toChild: true })
    const spec = {
      provider: input.provider,
      workingDir: input.cwd,
      parentId: caller.card?.id ?? null,
      model: input.model ?? null,
      effort: input.effort ?? null,
      permissionMode: input.permissionMode ?? null,
      args: input.args ?? [],
      env: input.env ?? {},
      ...(input.role === undefined ? {} : { role: input.role }),
      ...(worktree === null ? {} : { worktree })
    }
    // A child of an EM is under it from the beginning.
    const enrol = caller.card?.em === true ? { enrol: enrolmentUnder(senderOf(caller), yield* Rules) } : {}
    yield* Effect.catchTag(registry.ask("Spawn", { id, name, host, spec, prompt, ...enrol }), "NameTaken", (error) =>
      Effect.fail(taken(error))
    )
    const directory = yield* Directory
    const card = yield* directory
      .until(id, (found) => found.state !== "starting" || found.detail !== "starting")
      .pipe(Effect.timeoutOption(STARTED))
    if (Option.isNone(card)) {
      return yield* new Refusal({
        code: "timeout",
        message: `${name} (${id}) is still being started`,
        hint: `sm list shows it; sm attach ${id} shows its pane`
      })
    }
    if (card.value.state === "crashed") {
      // Whoever asked is told here; a record of what never ran is only for `sm list --all`.
      yield* Effect.ignore(sessionOf(card.value).ask("Kill", { reason: card.value.detail, by: senderOf(caller) }))
      return yield* new Refusal({
        code: "unavailable",
        message: `${input.provider} could not be started: ${card.value.detail}`,
        hint: "correct that and spawn it again"
      })
    }
    return card.value
  })

const sessionOf = (card: SessionCard) => ref(Session, card.host, card.id)

export const kill = (input: Input<"kill">, caller: Caller) =>
  Effect.gen(function* () {
    const target = yield* find(input.session, caller)
    const by = senderOf(caller)
    return yield* sessionOf(target).ask("Kill", { reason: `killed by ${by.name}`, by })
  })

export const restore = (input: Input<"restore">, caller: Caller) =>
  Effect.gen(function* () {
    const target = yield* find(input.session, caller)
    yield* mayRule(caller, target, "restore")
    yield* Effect.catchTag(registry.ask("Claim", { id: target.id, name: target.name }), "NameTaken", (error) =>
      Effect.fail(taken(error))
    )
    return yield* sessionOf(target).ask("Restore", { by: senderOf(caller) })
  })

export const clear = (input: Input<"clear">, caller: Caller) =>
  Effect.gen(function* () {
    const target = yield* find(input.session, caller)
    yield* clearable(target)
    const clear = yield* clearing(caller, "urgent")
    const empty = input.prompt === undefined || input.prompt === ""
    const next = empty ? null : yield* makeLetter(caller, input.prompt, { mode: "urgent", toChild: true })
    const session = sessionOf(target)
    yield* session.ask("Clear", { by: senderOf(caller), clear, next })
    return (yield* session.ask("Describe", {})).card
  })

const clearable = (target: SessionCard) =>
  Effect.gen(function* () {
    const roster = yield* Roster
    const adapter = Option.getOrUndefined(yield* roster.find(target.provider))
    if (adapter?.capabilities.clears === true) return
    return yield* new Refusal({
      code: "wrong-state",
      message: `${target.provider} has no command that clears its context`,
      hint: `sm kill ${target.name} and spawn a new one`
    })
  })

export const handoff = (input: Input<"handoff">, caller: Caller) =>
  Effect.gen(function* () {
    const target = yield* own(caller)
    yield* clearable(target)
    return yield* sessionOf(target).ask("Handoff", { by: senderOf(caller), file: input.file })
  })

export const monitor = (input: Input<"monitor">, caller: Caller) =>
  Effect.gen(function* () {
    const target = input.session === undefined ? yield* own(caller) : yield* find(input.session, caller)
    const { contextCritical: critical, contextWarning: warning } = yield* Rules
    const gauge = input.on ? { warning, critical } : null
    return yield* sessionOf(target).ask("Monitor", { by: senderOf(caller), gauge })
  })

/** The agent's own command that clears its context, as a letter. */
export const clearing = (caller: Caller, mode: Letter["mode"]) =>
  Effect.gen(function* () {
    const at = yield* Clock.currentTimeMillis
    const id = yield* makeMessageId
    const letter: Letter = { id, from: senderOf(caller), mode, kind: "clear", at, bytes: 0, tries: 0 }
    return letter
  })

export const name = (input: Input<"name">, caller: Caller) =>
  Effect.gen(function* () {
    const target = input.session === undefined ? yield* own(caller) : yield* find(input.session, caller)
    if (target.id !== caller.card?.id) yield* mayRule(caller, target, "rename")
    yield* Effect.catchTag(registry.ask("Claim", { id: target.id, name: input.name }), "NameTaken", (error) =>
      Effect.fail(taken(error))
    )
    return yield* sessionOf(target).ask("Rename", { name: input.name, by: senderOf(caller) })
  })
