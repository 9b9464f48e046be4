/** One loop per host: what the terminal says of any pane pokes the session that owns it. */
import { Effect, Fiber, Schedule, Stream } from "effect"
import { ActorSystem } from "./actors/ActorSystem.ts"
import { ref } from "./actors/ActorRef.ts"
import { Session } from "./actors/session/Session.ts"
import { Directory } from "./broker/Directory.ts"
import { isLive } from "./domain/Session.ts"
import { Terminal } from "./terminal/Terminal.ts"

export const watch = (host: string): Effect.Effect<never, never, ActorSystem | Directory | Terminal> =>
  Effect.gen(function* () {
    const actors = yield* ActorSystem
    const directory = yield* Directory
    const terminal = yield* Terminal
    const poke = (id: string) => actors.poke(ref(Session, host, id).address)
    /** Every session that should be alive here looks for its pane: at start, and when the terminal server is gone. */
    const pokeAll = Effect.gen(function* () {
      const mine = (yield* directory.all).filter(
        (card) => card.host === host && (isLive(card.state) || card.queued > 0)
      )
      yield* Effect.forEach(mine, (card) => poke(card.id), { discard: true })
    })
    const follow = Stream.runForEach(terminal.news, (news) =>
      news._tag === "ServerGone" ? pokeAll : poke(news.sessionId)
    )
    // First listen, then look: what happens in between is told.
    const attempt = Effect.gen(function* () {
      const following = yield* Effect.forkChild(follow, { startImmediately: true })
      yield* pokeAll
      return yield* Fiber.join(following)
    })
    return yield* attempt.pipe(
      Effect.andThen(Effect.never),
      Effect.retry({ schedule: Schedule.spaced("500 millis") }),
      Effect.orDie
    )
  })
