/** Sessions with what their agents do, and those that work in one repository. */
import { Duration, Effect } from "effect"
import { ref } from "../actors/ActorRef.ts"
import { Session } from "../actors/session/Session.ts"
import { Directory } from "../broker/Directory.ts"
import { isLive, type SessionCard } from "../domain/Session.ts"
import type { Input, Output } from "./Api.ts"
import type { Caller } from "./Caller.ts"
import { type Place, Repository } from "./Repository.ts"

/** Actions of each that are shown. */
const SHOWN = 3
/** One that does not answer is shown without. */
const PATIENCE = Duration.seconds(2)

/** Only the living do anything. */
export const acting = (cards: ReadonlyArray<SessionCard>) =>
  Effect.forEach(
    cards,
    (card) =>
      isLive(card.state)
        ? ref(Session, card.host, card.id)
            .ask("Describe", {}, { timeout: PATIENCE })
            .pipe(
              Effect.map(({ actions }) => ({ ...card, actions: actions.slice(-SHOWN) })),
              Effect.orElseSucceed(() => ({ ...card, actions: [] }))
            )
        : Effect.succeed({ ...card, actions: [] }),
    { concurrency: 8 }
  )

/**
 * Living sessions, besides the caller, that work in the repository where it was started or where its shell is; `clones`: or
 * in a clone of it.
 */
export const neighbours = (caller: Caller, cwd: string | undefined, clones: boolean) =>
  Effect.gen(function* () {
    const directory = yield* Directory
    const repository = yield* Repository
    const placesOf = (paths: ReadonlyArray<string>) => Effect.forEach(paths, repository.of, { concurrency: 8 })
    const { card: own } = caller
    const live = (yield* directory.all).filter((card) => isLive(card.state) && card.id !== own?.id)
    const here = yield* placesOf([own?.workingDir, cwd].filter((path) => path !== undefined))
    const there = yield* placesOf(live.map(({ workingDir }) => workingDir))
    const same = (one: Place, two: Place | undefined) =>
      one.root === two?.root || (clones && one.origin !== null && one.origin === two?.origin)
    // What a path means is known on its own host only; and where nobody knows where one is, everybody is a neighbour.
    return live.filter(
      (card, index) =>
        (own === undefined || own.host === card.host) &&
        (here.length === 0 || here.some((place) => same(place, there[index])))
    )
  })

export const others = (input: Input<"others">, caller: Caller) =>
  Effect.gen(function* () {
    const found = yield* neighbours(caller, input.cwd, input.clones === true)
    const output: Output<"others"> =
      input.actions === true ? yield* acting(found) : found.map((card) => ({ ...card, actions: [] }))
    return output
  })
