/** How a session answers its mail: every handler is a pure move of the state machine, given the time. */
import { Effect, Option } from "effect"
import type { MessageId } from "../../domain/Ids.ts"
import { isLive } from "../../domain/Session.ts"
import { squeeze } from "../../domain/Squeeze.ts"
import { Agenda } from "../agenda/Agenda.ts"
import { SWARM } from "../ActorSystem.ts"
import type { Behavior } from "../Behavior.ts"
import { tell } from "../Out.ts"
import { Registry } from "../registry/Registry.ts"
import { forbidden, forbiddenToOthers } from "./Authority.ts"
import { care } from "./Care.ts"
import { abandon, accept } from "./Delivery.ts"
import { emptyState } from "./EmptyState.ts"
import { decided } from "./Asking.ts"
import { moved, report, silent, unknown } from "./Handling.ts"
import { cardOf, enter, idOf, type Move, onItsWay, stay, tellWorld, andThen, wayOf, acceptance } from "./Move.ts"
import { locking } from "./Leases.ts"
import { loops } from "./Loops.ts"
import { givenBack } from "./Membership.ts"
import { posting } from "./Posting.ts"
import { reports } from "./Reports.ts"
import { restored } from "./Restoring.ts"
import { NotNow, Session } from "./Session.ts"
import type { State } from "./State.ts"
import { reactor, type Surroundings } from "./SessionReactor.ts"
import { enrolled, teaming } from "./Teaming.ts"
import { signalled } from "./Turns.ts"
import { watching } from "./Watching.ts"
import { isBare, wordingOf } from "./Wording.ts"

/** Which waiting letters a prompt carries: the frame's message id, or the very words of a bare one. */
const carriers = Effect.fnUntraced(function* (state: State, prompt: string) {
  const waiting = onItsWay(state).filter(({ kind }) => kind !== "clear")
  const found: Array<MessageId> = []
  for (const letter of waiting) {
    if (prompt.includes(letter.id)) found.push(letter.id)
    else if (isBare(letter)) {
      const words = squeeze(Option.getOrElse(yield* wordingOf(letter), () => ""))
      if (words !== "" && squeeze(prompt).includes(words)) found.push(letter.id)
    }
  }
  return found
})

const ended = (state: State, reason: string, now: number): Move =>
  andThen(givenBack({ ...state, launching: null, interrupting: null }, reason), (mine) =>
    andThen(abandon(mine, reason, now), (next) =>
      andThen(enter({ ...next, turn: null, stoppedAt: now }, "stopped", reason, now), (last) => {
        const told = tellWorld(last, { _tag: "SessionStopped", id: idOf(last), reason })
        const freed = [
          tell(Registry, SWARM, "main", "Release", { id: idOf(last) }),
          tell(Agenda, last.host, last.id, "Close", {})
        ]
        return { ...told, out: [...told.out, ...freed] }
      })
    )
  )

export const behavior: Behavior<typeof Session, Surroundings> = {
  initial: emptyState,
  reactor,
  handlers: {
    ...posting,
    ...reports,
    ...watching,
    ...loops,
    ...teaming,
    ...care,
    ...locking,
    Launch: (payload, state, mail) =>
      Effect.sync(() => {
        if (state.spec !== null) return { state, reply: null }
        const { enrol, host, id, name, prompt, spec } = payload
        const born: State = {
          ...(enrol === undefined ? state : enrolled(state, enrol)),
          id,
          name,
          host,
          spec,
          role: spec.role ?? null,
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
          return { state: accepted.state, out: [acceptance(next, prompt), ...accepted.out] }
        })
        return moved(state, move, mail, silent)
      }),
    Kill: ({ by, reason }, state, mail) =>
      Effect.gen(function* () {
        if (state.spec === null) return yield* unknown(state)
        const no = forbidden(state, by, "kill")
        if (no !== undefined) return yield* no
        if (state.phase === "stopped") return { state, reply: cardOf(state) }
        return moved(state, ended(state, reason, mail.now), mail, cardOf)
      }),
    Restore: ({ by }, state, mail) =>
      Effect.gen(function* () {
        if (state.spec === null) return yield* unknown(state)
        const no = forbidden(state, by, "restore")
        if (no !== undefined) return yield* no
        if (isLive(state.phase)) {
          return yield* new NotNow({
            reason: `${state.name} is running (${state.phase})`,
            hint: `sm attach ${state.name}`
          })
        }
        return moved(state, restored(state, "restoring", mail.now, mail.activation), mail, cardOf)
      }),
    Rename: ({ by, name }, state, mail) =>
      Effect.gen(function* () {
        if (state.spec === null) return yield* unknown(state)
        const no = forbiddenToOthers(state, by, "rename")
        if (no !== undefined) return yield* no
        const move =
          state.name === name
            ? stay(state)
            : tellWorld({ ...state, name }, { _tag: "SessionRenamed", id: idOf(state), name })
        return moved(state, move, mail, cardOf)
      }),
    Describe: (_, state) =>
      Effect.gen(function* () {
        if (state.spec === null) return yield* unknown(state)
        const { actions, draft, ended: over, evidence, heard, pane, queue, spec } = state
        const turn = state.turn ?? over.at(-1)?.turn ?? null
        const way = wayOf(state)
        const card = cardOf(state)
        const told = { draft: draft?.text ?? null, turn, evidence, heard, seatEnv: state.seatEnv, env: spec.env }
        return { state, reply: { card, pane, actions, queue, way, ...told } }
      }),
    Decided: report(({ approval }, state, { now }) => decided(state, approval, now)),
    Signalled: ({ at, conversation, id, signal }, state, mail) =>
      Effect.gen(function* () {
        const carries = signal._tag === "PromptSubmitted" ? yield* carriers(state, signal.prompt) : []
        return moved(
          state,
          signalled(state, id, signal, at, mail.now, () => carries, conversation),
          mail,
          silent
        )
      })
  }
}
