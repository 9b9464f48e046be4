/** Pure: a session whose agent is gone gets a new one, with the conversation of the old one. */
import { SessionName } from "../../domain/Ids.ts"
import { Agenda } from "../agenda/Agenda.ts"
import { SWARM } from "../ActorSystem.ts"
import { type Out, tell } from "../Out.ts"
import { Registry } from "../registry/Registry.ts"
import { andThen, enter, idOf, type Move, tellWorld } from "./Move.ts"
import type { State } from "./State.ts"

/** Again after a kill's release, which may still be on its way when whoever restores has asked for the name. */
const claimed = (state: State): Out =>
  tell(Registry, SWARM, "main", "Claim", { id: idOf(state), name: SessionName.make(state.name) })

export const restored = (state: State, detail: string, now: number, activation: string): Move => {
  const again: State = {
    ...state,
    launching: { at: now, resume: true, activation },
    stoppedAt: null,
    actions: []
  }
  return andThen(enter(again, "starting", detail, now), (next) => {
    const told = tellWorld(next, { _tag: "SessionRestored", id: idOf(next) })
    return { ...told, out: [...told.out, claimed(next), tell(Agenda, next.host, next.id, "Open", {})] }
  })
}
