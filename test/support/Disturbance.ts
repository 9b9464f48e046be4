/** Hooks that come late, never, twice or behind others, and what a session is said to do beside what its agent really does. */
import { Clock, Effect, Schema } from "effect"
import type { Signal } from "../../src/agents/Agent.ts"
import { EventRecord } from "../../src/domain/Event.ts"
import type { Carry } from "./SessionTest.ts"

/** `behind`: the report comes after the one that follows it. */
export const TREATMENTS = ["at once", "late", "lost", "twice", "behind"] as const
export type Treatment = (typeof TREATMENTS)[number]

export const HOOKS = ["PromptSubmitted", "ToolStarted", "ToolEnded", "TurnEnded"] as const
export type Plan = Readonly<Record<(typeof HOOKS)[number], Treatment>>

/** Every treatment of every hook, with every treatment of the others. */
export const everyPlan = (): ReadonlyArray<Plan> =>
  TREATMENTS.flatMap((PromptSubmitted) =>
    TREATMENTS.flatMap((ToolStarted) =>
      TREATMENTS.flatMap((ToolEnded) =>
        TREATMENTS.map((TurnEnded) => ({ PromptSubmitted, ToolStarted, ToolEnded, TurnEnded }))
      )
    )
  )

export interface Span {
  readonly from: number
  readonly to: number
}

/** Ms by which a report is late, and after which it is repeated. */
const LATE = 4000
const AGAIN = 1000

const treatmentOf = (plan: Plan | undefined, tag: Signal["_tag"]): Treatment =>
  plan !== undefined && tag in plan ? plan[tag as keyof Plan] : "at once"

/** What disturbs, and notes on the way what agents really do: from the prompt that one takes to the end of its turn. */
export const makeDisturbance = () => {
  const plans = new Map<string, Plan>()
  const held = new Map<string, Array<Effect.Effect<void>>>()
  const turns = new Map<string, Array<Span>>()

  const note = (session: string, { _tag }: Signal, now: number) => {
    const known = turns.get(session) ?? []
    if (_tag === "PromptSubmitted") turns.set(session, [...known, { from: now, to: Infinity }])
    if (_tag === "TurnEnded")
      turns.set(
        session,
        known.map((turn) => (turn.to === Infinity ? { ...turn, to: now } : turn))
      )
  }
  const soon = (ms: number, tell: Effect.Effect<void>) => Effect.forkDetach(Effect.delay(tell, ms))

  const carry: Carry = ({ session, signal }, tell) =>
    Effect.gen(function* () {
      note(session, signal, yield* Clock.currentTimeMillis)
      const treatment = treatmentOf(plans.get(session), signal._tag)
      if (treatment === "lost") return
      if (treatment === "late") return void (yield* soon(LATE, tell))
      const waiting = held.get(session) ?? []
      if (treatment === "behind") return void held.set(session, [...waiting, tell])
      held.delete(session)
      yield* tell
      if (treatment === "twice") yield* soon(AGAIN, tell)
      yield* Effect.forEach(waiting, (late) => late)
    })

  return {
    carry,
    /** How this session's hooks are treated from now on. */
    disturb: (session: string, plan: Plan) => void plans.set(session, plan),
    /** When its agent really worked. */
    turns: (session: string): ReadonlyArray<Span> => turns.get(session) ?? []
  }
}

const decode = Schema.decodeSync(Schema.fromJsonString(EventRecord))

/** The phases that facts told, each with the time in which it held. */
export const phasesOf = (facts: ReadonlyArray<{ readonly body: string }>): ReadonlyArray<Span & { phase: string }> => {
  const changes = facts.flatMap(({ body }) => {
    const { at, event } = decode(body)
    return event._tag === "SessionPhaseChanged" ? [{ at, phase: event.phase }] : []
  })
  return changes.map(({ at, phase }, place) => ({ phase, from: at, to: changes[place + 1]?.at ?? Infinity }))
}

/** From when a message was typed until it was known to have been taken. */
export const awaitedBy = (facts: ReadonlyArray<{ readonly body: string }>): Span => {
  const moves = facts.flatMap(({ body }) => {
    const { at, event } = decode(body)
    return event._tag === "MessageMoved" ? [{ at, status: event.status }] : []
  })
  const from = moves.find(({ status }) => status === "injected")?.at ?? 0
  return { from, to: moves.find(({ status }) => status !== "injected")?.at ?? Infinity }
}

const overlaps = (one: Span, two: Span): boolean => Math.max(one.from, two.from) < Math.min(one.to, two.to)

/** Ms until the screen counts where no hook tells of a turn's begin, and of its end. */
export const BEGIN = 1500
export const END = 6500

/**
 * Said to be at rest though it worked, and said to work though it was at rest, beyond what a screen needs to be believed;
 * or said to work again once it was at rest.
 * `awaited`: when it counted as typed to and not heard of, one for each turn, which `sm wait` and the like do not take for rest.
 */
export const lies = (
  turns: ReadonlyArray<Span>,
  phases: ReadonlyArray<Span & { phase: string }>,
  awaited: ReadonlyArray<Span> = []
): { readonly idle: ReadonlyArray<string>; readonly busy: ReadonlyArray<string> } => {
  const rests = turns.map(({ to }, place) => ({ from: to + END, to: turns[place + 1]?.from ?? to + END + 1 }))
  const works = turns.map(({ from, to }, place) => ({ from: Math.max(from + BEGIN, awaited[place]?.to ?? 0), to }))
  const during = (spans: ReadonlyArray<Span>, wrong: (phase: string) => boolean) =>
    phases.flatMap((said) =>
      wrong(said.phase)
        ? spans.flatMap((span, turn) =>
            overlaps(said, span)
              ? [
                  `turn ${turn}: ${said.phase} from ${said.from - span.from} to ${said.to - span.from} of ${span.to - span.from}`
                ]
              : []
          )
        : []
    )
  const relapses = turns.flatMap(({ to }, place) => {
    const next = turns[place + 1]?.from ?? Infinity
    const after = phases.filter(({ from }) => from >= to && from < next)
    const first = after.findIndex(({ phase }) => phase === "idle")
    const again = after.slice(first + 1).find(({ phase }) => first >= 0 && phase !== "idle")
    return again === undefined ? [] : [`turn ${place}: ${again.phase} again, ${again.from - to} after its end`]
  })
  return {
    idle: during(works, (phase) => phase === "idle" || phase === "human-composing"),
    busy: [...during(rests, (phase) => phase !== "idle"), ...relapses]
  }
}
