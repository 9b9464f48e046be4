/** The session's handlers without a runtime: one piece of mail after the other, in a time of its own. */
import { assert } from "@effect/vitest"
import { Context, Effect, Exit, Schema } from "effect"
import type { Mail, Outcome } from "../../src/actors/Behavior.ts"
import type { Out } from "../../src/actors/Out.ts"
import { emptyState } from "../../src/actors/session/EmptyState.ts"
import { Session } from "../../src/actors/session/Session.ts"
import { behavior } from "../../src/actors/session/SessionBehavior.ts"
import type { Sides, State } from "../../src/actors/session/State.ts"
import { Roster } from "../../src/agents/Roster.ts"
import { Broker } from "../../src/broker/Broker.ts"
import { HostId, SessionId, SessionName } from "../../src/domain/Ids.ts"
import type { Letter } from "../../src/domain/Letter.ts"

export const ID = SessionId.make("0a1b2c3d")
export const HUMAN = { kind: "human", name: "human" } as const
const HOST = HostId.make("h")

/** Another session that sends. */
export const peer = (number: number): Letter["from"] => ({
  kind: "session",
  id: SessionId.make(`0badc0d${number}`),
  host: HOST,
  name: `peer${number}`
})

const isLetter = Schema.is(Schema.Struct({ id: Schema.String, from: Schema.Struct({ kind: Schema.String }) }))

/** A letter of sm's own to another session, with its text. */
export interface Told {
  readonly id: string
  readonly to: string
  readonly text: string
}
export const toldBy = (outs: ReadonlyArray<Out>): ReadonlyArray<Told> =>
  outs.flatMap((out) => {
    if (out._tag !== "Tell" || out.to.kind !== "session" || !isLetter(out.payload)) return []
    const { id } = out.payload
    const text = outs.find((other) => other._tag === "Text" && other.key === id)
    assert.isDefined(text, "a notice without a text")
    return [{ id, to: out.to.key, text: text?._tag === "Text" ? text.text : "" }]
  })

/** Messages whose hops a step tells. */
export const hopsOf = (outs: ReadonlyArray<Out>) =>
  outs.flatMap((out) => (out._tag === "Publish" && out.event._tag === "MessageMoved" ? [out.event] : []))

/** Ways into a working agent, as far as the handlers ask for them. */
const WAYS = { nobody: {}, agents: { door: { admits: "agents" } }, anyone: { steering: {} } } as const

export const makeMachine = (confirms: boolean, sides: Sides = "nobody") => {
  // Only what the handlers ask of them.
  const broker = { getText: (id: string) => Effect.succeedSome(`text ${id}`) } as never
  const roster = { find: () => Effect.succeedSome({ capabilities: { confirms }, ...WAYS[sides] }) } as never
  const services = Context.make(Broker, broker).pipe(Context.add(Roster, roster))
  let state: State = emptyState(ID)
  let now = 1000
  let activation = 1

  return {
    state: () => state,
    now: () => now,
    passes: (ms: number) => void (now += ms),
    anotherActivation: () => void activation++,
    /** Runs a handler as the runtime does; none when it refused. */
    handle: (tag: keyof typeof behavior.handlers, payload: unknown): ReadonlyArray<Out> | undefined => {
      const handler = behavior.handlers[tag] as (
        payload: unknown,
        state: State,
        mail: Mail
      ) => Effect.Effect<Outcome<State, unknown>, unknown>
      const mail = { key: ID, id: "x", tag, now, activation: `a${activation}` }
      const exit = Effect.runSyncExit(Effect.provide(handler(payload, state, mail), services as never))
      if (Exit.isFailure(exit)) {
        assert.notInclude(JSON.stringify(exit.cause), '"Die"')
        return undefined
      }
      state = exit.value.state
      return exit.value.out ?? []
    },
    order: (prompt: Letter | null) => ({
      id: ID,
      name: SessionName.make("one"),
      host: HOST,
      spec: {
        provider: "p",
        workingDir: "/",
        parentId: null,
        model: null,
        effort: null,
        permissionMode: null,
        args: [],
        env: {}
      },
      prompt
    }),
    storable: () => {
      const json = Effect.runSync(Session.compiled.state.encode(state))
      assert.deepStrictEqual(Effect.runSync(Session.compiled.state.decode(json)), state)
    }
  }
}
