/** Hands out names, one message at a time. */
import { Effect } from "effect"
import type { SessionId, SessionName } from "../../domain/Ids.ts"
import type { State } from "../Actor.ts"
import type { Behavior } from "../Behavior.ts"
import { tell } from "../Out.ts"
import { Session } from "../session/Session.ts"
import { NameTaken, Registry } from "./Registry.ts"

type Names = State<typeof Registry>

const without = (names: Names, id: SessionId): Names =>
  Object.fromEntries(Object.entries(names).filter(([, owner]) => owner !== id))

const claim = (names: Names, id: SessionId, name: SessionName): Effect.Effect<Names, NameTaken> => {
  const owner = names[name]
  if (owner === id) return Effect.succeed(names)
  return owner === undefined
    ? Effect.succeed({ ...without(names, id), [name]: id })
    : Effect.fail(new NameTaken({ name, by: owner }))
}

export const behavior: Behavior<typeof Registry> = {
  initial: () => ({}),
  handlers: {
    Spawn: (order, names) =>
      Effect.map(claim(names, order.id, order.name), (state) => ({
        state,
        reply: null,
        out: [tell(Session, order.host, order.id, "Launch", order)]
      })),
    Claim: ({ id, name }, names) => Effect.map(claim(names, id, name), (state) => ({ state, reply: null })),
    Release: ({ id }, names) =>
      Effect.sync(() => ({ state: Object.values(names).includes(id) ? without(names, id) : names, reply: null }))
  }
}
