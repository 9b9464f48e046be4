/** No question of an agent's is lost: whoever keeps it is told when it is over, once, and until then the session waits. */
import { assert } from "@effect/vitest"
import { Schema } from "effect"
import type { Out } from "../../src/actors/Out.ts"
import type { State } from "../../src/actors/session/State.ts"
import { type Approval, ApprovalId } from "../../src/domain/Approval.ts"
import { askedFor } from "./Asked.ts"

const Settled = Schema.Struct({ ids: Schema.Array(ApprovalId) })
const decodeSettled = Schema.decodeUnknownSync(Settled)

export const approvalOf = (number: number, at: number): Approval =>
  askedFor({
    id: ApprovalId.make(`a${String(number).padStart(7, "0")}`),
    tool: "t",
    detail: number % 2 === 0 ? "" : "other",
    at
  })

export const makeAskingCheck = () => {
  /** Told to the session, and without an end. */
  const open = new Set<string>()
  const over = new Set<string>()
  return {
    /** The session is told of the question. */
    asked: ({ id }: Approval): void => {
      if (!over.has(id)) open.add(id)
    },
    /** It is answered elsewhere: that is its end. */
    decided: ({ id }: Approval): void => {
      open.delete(id)
      over.add(id)
    },
    told: (outs: ReadonlyArray<Out>): void => {
      for (const out of outs) {
        if (out._tag !== "Tell" || out.to.kind !== "approvals") continue
        // Of the screen's own: the session makes its id.
        if (out.tag === "Ask") continue
        for (const id of decodeSettled(out.payload).ids) {
          open.delete(id)
          over.add(id)
        }
      }
    },
    holds: ({ asking, phase }: State): void => {
      const waiting = new Set<string>(asking.flatMap(({ id, outcome }) => (outcome === null ? [id] : [])))
      for (const id of open) assert.isTrue(waiting.has(id), `${id} is lost`)
      if (asking.length > 0) assert.strictEqual(phase, "waiting-permission", "it asks, and does not wait")
    }
  }
}
