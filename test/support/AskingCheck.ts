/** No question of an agent's is lost: whoever keeps it is told when it is over, once, and until then the session waits. */
import { assert } from "@effect/vitest"
import { Schema } from "effect"
import type { Out } from "../../src/actors/Out.ts"
import type { State } from "../../src/actors/session/State.ts"
import { type Approval, ApprovalId } from "../../src/domain/Approval.ts"
import { HostId, SessionId } from "../../src/domain/Ids.ts"

const Settled = Schema.Struct({ ids: Schema.Array(ApprovalId) })
const decodeSettled = Schema.decodeUnknownSync(Settled)

export const approvalOf = (number: number, at: number): Approval => ({
  id: ApprovalId.make(`a${String(number).padStart(7, "0")}`),
  session: SessionId.make("0a1b2c3d"),
  host: HostId.make("h"),
  name: "one",
  role: null,
  from: "hook",
  kind: "permission",
  tool: "t",
  detail: number % 2 === 0 ? "" : "other",
  subject: "x",
  workingDir: "/",
  repo: null,
  at,
  escalations: 0,
  outcome: null
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
