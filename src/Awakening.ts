/** What goes on by itself when the daemon starts: git's unfinished work, and sessions whose terminal is gone. */
import { Effect } from "effect"
import { ref } from "./actors/ActorRef.ts"
import { ActorSystem } from "./actors/ActorSystem.ts"
import { Session } from "./actors/session/Session.ts"
import { SERVER_GONE } from "./actors/session/SessionReactor.ts"
import { Worktrees } from "./actors/worktrees/Worktrees.ts"
import { Directory } from "./broker/Directory.ts"

/** Sessions of this host that have no terminal any more, as after a reboot. */
const restoreAll = (host: string) =>
  Effect.gen(function* () {
    const directory = yield* Directory
    // Not those whose agent ended by itself, perhaps long ago.
    const lost = (yield* directory.all).filter(
      (card) => card.host === host && card.state === "crashed" && card.detail === SERVER_GONE
    )
    for (const card of lost) {
      yield* ref(Session, host, card.id)
        .ask("Restore", { by: { kind: "system", name: "sm" } })
        .pipe(Effect.catch((error) => Effect.logWarning(`${card.name} is not restored: ${error.message}`)))
    }
  })

/** `restore`: sessions are started again, once it is known which have lost their terminal. */
export const awaken = (host: string, restore: boolean) =>
  Effect.gen(function* () {
    const actors = yield* ActorSystem
    yield* actors.poke(ref(Worktrees, host, host).address)
    if (restore) yield* Effect.forkScoped(Effect.delay(restoreAll(host), "2 seconds"))
  })
