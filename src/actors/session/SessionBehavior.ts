/** How a session answers its mail: every handler is a pure move of the state machine, given the time. */
import { Effect, Option } from "effect"
import { Roster } from "../../agents/Roster.ts"
import { type MessageId, SessionName } from "../../domain/Ids.ts"
import { isLive } from "../../domain/Session.ts"
import { squeeze } from "../../domain/Squeeze.ts"
import { SWARM } from "../ActorSystem.ts"
import type { Behavior, Mail, Outcome } from "../Behavior.ts"
import { Registry } from "../registry/Registry.ts"
import {
  abandon,
  accept,
  confirmed,
  emptyState,
  gaveUp,
  handedBack,
  plan,
  turnOver,
  typed,
  withheld
} from "./Delivery.ts"
import { cardOf, enter, hop, idOf, type Move, showing, stay, tellWorld, andThen } from "./Move.ts"
import { type Letter, NotNow, Session, type State } from "./Session.ts"
import { reactor, type Surroundings } from "./SessionReactor.ts"
import { observed, signalled } from "./Turns.ts"
import { wordingOf } from "./Wording.ts"
import { type Out, publish, tell } from "../Out.ts"

/** Ends a move: whatever changed, the line may move on, and the card shows it. */
const moved = <A>(before: State, move: Move, mail: Mail, reply: (state: State) => A): Outcome<State, A> => {
  const after = showing(
    before,
    andThen(move, (state) => plan(state, mail.now, mail.activation))
  )
  return { state: after.state, reply: reply(after.state), out: after.out }
}

const silent = () => null

/** A report: no answer. */
const report =
  <P>(step: (payload: P, state: State, mail: Mail) => Move) =>
  (payload: P, state: State, mail: Mail) =>
    Effect.sync(() => moved(state, step(payload, state, mail), mail, silent))

const unknown = (state: State) =>
  new NotNow({ reason: `session ${state.id} does not exist`, hint: "sm list --all shows every session" })

const acceptLetter = (letter: Letter, state: State, mail: Mail) =>
  Effect.gen(function* () {
    if (state.spec === null) return yield* unknown(state)
    const seen = state.seen.find(([id]) => id === letter.id)
    if (seen === undefined && state.phase === "stopped") {
      return yield* new NotNow({ reason: `${state.name} (${state.id}) is stopped`, hint: `sm restore ${state.name}` })
    }
    const target = state.phase
    const accepted = accept(state, letter, mail.now, mail.activation)
    const fresh = seen === undefined && letter.kind === "message"
    const move: Move = fresh
      ? {
          state: accepted.state,
          out: [
            publish({
              _tag: "MessageAccepted",
              id: letter.id,
              to: idOf(state),
              from: letter.from,
              mode: letter.mode,
              bytes: letter.bytes
            }),
            ...accepted.out
          ]
        }
      : accepted
    return moved(state, move, mail, (next) => ({
      state: seen?.[1] ?? ("accepted" as const),
      target,
      name: cardOf(next).name
    }))
  })

/** Which waiting letters a prompt carries: the frame's message id, or the very words of a bare one. */
const carriers = Effect.fnUntraced(function* (state: State, prompt: string) {
  const waiting = [
    ...(state.typing === null ? [] : [state.typing.letter]),
    ...state.flying.map((flight) => flight.letter)
  ].filter((letter) => letter.kind === "message")
  const found: Array<MessageId> = []
  for (const letter of waiting) {
    if (prompt.includes(letter.id)) found.push(letter.id)
    else if (letter.from.kind !== "session") {
      const words = squeeze(Option.getOrElse(yield* wordingOf(letter), () => ""))
      if (words !== "" && squeeze(prompt).includes(words)) found.push(letter.id)
    }
  }
  return found
})

const ended = (state: State, reason: string, now: number): Move =>
  andThen(abandon({ ...state, launching: null, interrupting: null, turn: null }, reason), (next) =>
    andThen(enter({ ...next, stoppedAt: now }, "stopped", reason, now), (last) => {
      const told = tellWorld(last, { _tag: "SessionStopped", id: idOf(last), reason })
      return { ...told, out: [...told.out, tell(Registry, SWARM, "main", "Release", { id: idOf(last) })] }
    })
  )

/** Again after a kill's release, which may still be on its way when whoever restores has asked for the name. */
const claimed = (state: State): Out =>
  tell(Registry, SWARM, "main", "Claim", { id: idOf(state), name: SessionName.make(state.name) })

/** A pane that went away by itself. What waited keeps waiting; what the agent had taken is over. */
const lost = (state: State, reason: string, now: number): Move =>
  andThen(
    state.carried.reduce(
      (move, { id }) => andThen(move, (next) => hop(next, id, "answered", `${reason}; the turn did not finish`)),
      stay({ ...state, pane: null, launching: null, interrupting: null, turn: null, carried: [], stoppedAt: now })
    ),
    (next) =>
      andThen(enter(next, "crashed", reason, now), (last) =>
        tellWorld(last, { _tag: "SessionStopped", id: idOf(last), reason })
      )
  )

export const behavior: Behavior<typeof Session, Surroundings> = {
  initial: emptyState,
  reactor,
  handlers: {
    Launch: (payload, state, mail) =>
      Effect.sync(() => {
        if (state.spec !== null) return { state, reply: null }
        const { host, id, name, prompt, spec } = payload
        const born: State = {
          ...state,
          id,
          name,
          host,
          spec,
          createdAt: mail.now,
          since: mail.now,
          detail: "starting",
          launching: { at: mail.now, resume: false, activation: mail.activation }
        }
        const told = tellWorld(born, {
          _tag: "SessionSpawned",
          id,
          name,
          provider: spec.provider,
          parentId: spec.parentId,
          workingDir: spec.workingDir
        })
        const move = andThen(told, (next) => {
          if (prompt === null) return stay(next)
          const accepted = accept(next, prompt, mail.now, mail.activation)
          const { bytes, from, id: letter, mode } = prompt
          return {
            state: accepted.state,
            out: [publish({ _tag: "MessageAccepted", id: letter, to: id, from, mode, bytes }), ...accepted.out]
          }
        })
        return moved(state, move, mail, silent)
      }),
    Accept: acceptLetter,
    AcceptUrgent: acceptLetter,
    Kill: ({ reason }, state, mail) =>
      Effect.gen(function* () {
        if (state.spec === null) return yield* unknown(state)
        if (state.phase === "stopped") return { state, reply: cardOf(state) }
        return moved(state, ended(state, reason, mail.now), mail, cardOf)
      }),
    Restore: (_, state, mail) =>
      Effect.gen(function* () {
        if (state.spec === null) return yield* unknown(state)
        if (isLive(state.phase)) {
          return yield* new NotNow({
            reason: `${state.name} is running (${state.phase})`,
            hint: `sm attach ${state.name}`
          })
        }
        const again: State = {
          ...state,
          launching: { at: mail.now, resume: true, activation: mail.activation },
          stoppedAt: null,
          actions: []
        }
        const move = andThen(enter(again, "starting", "restoring", mail.now), (next) => {
          const told = tellWorld(next, { _tag: "SessionRestored", id: idOf(next) })
          return { ...told, out: [...told.out, claimed(next)] }
        })
        return moved(state, move, mail, cardOf)
      }),
    Rename: ({ name }, state, mail) =>
      Effect.gen(function* () {
        if (state.spec === null) return yield* unknown(state)
        const move =
          state.name === name
            ? stay(state)
            : tellWorld({ ...state, name }, { _tag: "SessionRenamed", id: idOf(state), name })
        return moved(state, move, mail, cardOf)
      }),
    Describe: (_, state) =>
      Effect.gen(function* () {
        if (state.spec === null) return yield* unknown(state)
        return { state, reply: { card: cardOf(state), pane: state.pane, actions: state.actions } }
      }),
    Signalled: ({ at, id, signal }, state, mail) =>
      Effect.gen(function* () {
        const carries = signal._tag === "PromptSubmitted" ? yield* carriers(state, signal.prompt) : []
        return moved(
          state,
          signalled(state, id, signal, at, mail.now, () => carries),
          mail,
          silent
        )
      }),

    Launched: (payload, state, mail) =>
      Effect.gen(function* () {
        const roster = yield* Roster
        const adapter = Option.getOrUndefined(yield* roster.find(state.spec?.provider ?? ""))
        const seated: State = {
          ...state,
          pane: payload.pane,
          launching: null,
          detail: "",
          agentSessionId: payload.agentSessionId ?? state.agentSessionId,
          seatEnv: payload.seatEnv
        }
        // Killed while it started: the reactor closes what has just been opened.
        if (state.phase === "stopped") return { state: seated, reply: null }
        const letter = state.queue.find((queued) => queued.id === payload.carried)
        if (letter === undefined) return moved(state, stay(seated), mail, silent)
        const flying =
          adapter?.capabilities.confirms === true ? [...state.flying, { letter, at: mail.now }] : state.flying
        const carried = { ...seated, queue: state.queue.filter((queued) => queued !== letter), flying }
        return moved(state, hop(carried, letter.id, "injected", "on the agent's command line"), mail, silent)
      }),
    LaunchFailed: report(({ reason }, state, { now }) =>
      state.launching === null
        ? stay(state)
        : andThen(stay({ ...state, launching: null }), (next) => lost(next, reason, now))
    ),
    Typed: (payload, state, mail) =>
      Effect.gen(function* () {
        const roster = yield* Roster
        const adapter = Option.getOrUndefined(yield* roster.find(state.spec?.provider ?? ""))
        const confirms = adapter?.capabilities.confirms === true
        return moved(state, typed(state, payload.id, payload.evidence, mail.now, confirms), mail, silent)
      }),
    Withheld: report(({ detail, id, phase }, state, { now }) =>
      andThen(withheld(state, id), (next) =>
        phase === null || !isLive(next.phase) ? stay(next) : enter(next, phase, detail, now)
      )
    ),
    HandedBack: report(({ id }, state) => handedBack(state, id)),
    Confirmed: report(({ evidence, id }, state, { now }) =>
      andThen(confirmed(state, id, evidence), (next) => {
        // A clear that has had its effect starts no turn.
        if (next.carried.length === state.carried.length) return stay(next)
        if (!isLive(next.phase)) return turnOver(next, "the agent ended before the turn did", now)
        return next.phase === "idle" ? enter(next, "working", "", now) : stay(next)
      })
    ),
    GaveUp: report(({ evidence, id }, state) => gaveUp(state, id, evidence)),
    InterruptPressed: report((_, state, { now }) =>
      stay(
        state.interrupting === null
          ? state
          : { ...state, interrupting: { presses: state.interrupting.presses + 1, at: now } }
      )
    ),
    Observed: report(({ activity, detail }, state, { now }) => observed(state, activity, detail, now)),
    PaneLost: report(({ pane, reason }, state, { now }) =>
      state.pane?.id !== pane || !isLive(state.phase) ? stay(state) : lost(state, reason, now)
    ),
    PaneClosed: report(({ pane }, state, { now }) => {
      if (state.pane?.id !== pane) return stay(state)
      // Live and without a pane or a start under way there would be no way on.
      const wanted = isLive(state.phase) && state.launching === null
      return wanted ? lost(state, "its pane was closed", now) : stay({ ...state, pane: null })
    }),
    Tick: report((_, state) => stay(state))
  }
}
