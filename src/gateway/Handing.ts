/** Gives a letter to whomever it is for: a session, the work queue of a role, the person's desk. */
import { Effect } from "effect"
import { ref } from "../actors/ActorRef.ts"
import { SWARM } from "../actors/ActorSystem.ts"
import { Desk } from "../actors/desk/Desk.ts"
import { Pool } from "../actors/pool/Pool.ts"
import { Session } from "../actors/session/Session.ts"
import { Directory } from "../broker/Directory.ts"
import type { RoleName } from "../domain/Ids.ts"
import type { Letter } from "../domain/Letter.ts"
import { perhaps } from "../domain/Near.ts"
import { isLive } from "../domain/Session.ts"
import type { Sent } from "./Messages.ts"
import type { Addressee } from "./Recipients.ts"

export const desk = ref(Desk, SWARM, "human")
export const poolOf = (role: RoleName) => ref(Pool, SWARM, role)

type Outcome = typeof Sent.Type

/** What the sender should know when nobody of a role is there to take it; perhaps it is mistyped. */
const nobody = (role: RoleName) =>
  Effect.gen(function* () {
    const directory = yield* Directory
    const others = (yield* directory.all).flatMap(({ role: other, state }) =>
      other !== null && other !== role && isLive(state) ? [other] : []
    )
    const close = perhaps(
      `@${role}`,
      [...new Set(others)].map((other) => `@${other}`)
    )
    return `nobody of role ${role} is alive to take it: it waits${close}`
  })

/** A retry by the same id is the same mail. */
export const hand = (letter: Letter, to: Addressee) =>
  Effect.gen(function* () {
    const messageId = letter.id
    const options = { id: `${messageId}-accept-${to.id}` }
    if (to.kind === "human") {
      const { state } = yield* desk.ask("Accept", letter, options)
      return { messageId, to: { id: to.id, name: to.name }, state, target: "unread" } satisfies Outcome
    }
    if (to.kind === "role") {
      const { members, ready, state } = yield* poolOf(to.role).ask("Accept", letter, options)
      const target = ready > 0 ? "idle" : members > 0 ? "busy" : "nobody there"
      const note = members > 0 ? {} : { note: yield* nobody(to.role) }
      return { messageId, to: { id: to.id, name: to.name }, state, target, ...note } satisfies Outcome
    }
    const session = ref(Session, to.card.host, to.card.id)
    const { name, state, target } = yield* letter.mode === "urgent"
      ? session.ask("AcceptUrgent", letter, options)
      : session.ask("Accept", letter, options)
    return { messageId, to: { id: to.id, name }, state, target } satisfies Outcome
  })
