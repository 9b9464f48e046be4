/** "Sent" means sent, also when everything is killed. `npm run test:soak` goes on for hundreds of kills. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ambushes, chaos, type Findings } from "../support/Chaos.ts"
import { mutant } from "../support/Mutant.ts"

const soak = process.env["SM_SOAK"] !== undefined
const seed = Number(process.env["SM_SEED"] ?? Date.now() % 1_000_000)
const KILLS = Number(process.env["SM_KILLS"] ?? 300)

const verdict = ({ disordered, evidence, lost, notices, stuck, twice }: Findings) => {
  for (const line of evidence) console.info(line)
  return { disordered, lost, notices, stuck, twice }
}
const nothing = { disordered: [], lost: [], notices: [], stuck: [], twice: [] }

describe("chaos", () => {
  it.live(
    "loses nothing, types and tells nothing twice, keeps the order, leaves nothing stuck",
    () =>
      Effect.gen(function* () {
        const found = yield* chaos({
          seed,
          senders: 4,
          ...(soak ? { kills: KILLS, between: 4000 } : { kills: 20 }),
          ambush: 0.1
        })
        const { kills, sent, told } = found
        console.info(`chaos, seed ${seed}: ${JSON.stringify({ sent, told, kills })}`)
        assert.deepStrictEqual(verdict(found), nothing, `seed ${seed}`)
      }).pipe(Effect.scoped),
    soak ? 3_600_000 : 480_000
  )

  it.live(
    "would be seen to type, hand in and tell twice, if what was begun and who was told were ignored",
    () =>
      Effect.gen(function* () {
        const dist = yield* mutant(
          {
            file: "session/SessionBehavior.ts",
            from: "const waiting = onItsWay(state)",
            to: "const waiting = state.flying.flatMap(({ letters }) => letters)"
          },
          {
            file: "session/Typist.ts",
            from: 'if (untouched && typing.door === "side"',
            to: 'if (typing.door === "side"'
          },
          {
            file: "session/Notices.ts",
            from: "[...subscribers.values()].flatMap((letter) =>",
            to: "asked.flatMap((letter) =>"
          }
        )
        assert.deepStrictEqual(yield* ambushes(dist), { typed: true, handedIn: true, told: true })
      }).pipe(Effect.scoped),
    480_000
  )
})
