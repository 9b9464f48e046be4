/** "Sent" means sent, also when everything is killed. `npm run test:soak` goes on for hundreds of kills. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { chaos, type Findings } from "../support/Chaos.ts"
import { mutant } from "../support/Mutant.ts"

const soak = process.env["SM_SOAK"] !== undefined
const seed = Number(process.env["SM_SEED"] ?? Date.now() % 1_000_000)

const verdict = ({ disordered, evidence, lost, stuck, twice }: Findings) => {
  for (const line of evidence) console.info(line)
  return { disordered, lost, stuck, twice }
}
const nothing = { disordered: [], lost: [], stuck: [], twice: [] }

describe("chaos", () => {
  it.live(
    "loses nothing, types nothing twice, keeps the order, leaves nothing stuck",
    () =>
      Effect.gen(function* () {
        const found = yield* chaos({
          seed,
          senders: 4,
          agents: 3,
          ...(soak ? { kills: 300, between: 4000 } : { kills: 40 }),
          ambush: 0.1
        })
        console.info(`chaos, seed ${seed}: ${found.sent} messages, killed ${JSON.stringify(found.kills)}`)
        assert.deepStrictEqual(verdict(found), nothing, `seed ${seed}`)
      }).pipe(Effect.scoped),
    soak ? 3_600_000 : 300_000
  )

  it.live(
    "would be seen to type twice if the record of what was begun were ignored",
    () =>
      Effect.gen(function* () {
        const dist = yield* mutant(
          "session/SessionBehavior.ts",
          "const waiting = onItsWay(state)",
          "const waiting = state.flying.flatMap(({ letters }) => letters)"
        )
        const found = yield* chaos({ seed, senders: 2, agents: 2, messages: 4, ambush: 1, dist })
        assert.isNotEmpty(found.twice, `seed ${seed}: the defect went unnoticed`)
      }).pipe(Effect.scoped),
    240_000
  )
})
