/** git of this machine; worktrees lie below one directory. */
import { realpath } from "node:fs/promises"
import { Effect, Layer } from "effect"
import { add } from "./Adding.ts"
import { bring } from "./Bringing.ts"
import { drop, forget } from "./Dropping.ts"
import { Git } from "./Git.ts"
import { makeCommand } from "./GitCommand.ts"
import { keep } from "./Keeping.ts"
import { linkedAround, occupied } from "./Places.ts"
import { look, survey } from "./Survey.ts"

/** A directory may be on a disk that is away. */
const PATIENCE = "2 seconds"

export interface Options {
  /** Exists; a real path is made of it, for git tells paths so. */
  readonly root: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export const layer = (options: Options): Layer.Layer<Git> =>
  Layer.effect(
    Git,
    Effect.gen(function* () {
      const root = yield* Effect.promise(() => realpath(options.root))
      const command = makeCommand(options.env)
      return {
        survey: survey(command, root),
        linked: (directory) =>
          Effect.promise(() => linkedAround(directory).catch(() => null)).pipe(
            Effect.timeoutOrElse({ duration: PATIENCE, orElse: () => Effect.succeed(null) })
          ),
        occupied: (path) => Effect.orElseSucceed(occupied(path), () => true),
        add: add(command, root),
        look: look(command),
        keep: keep(command, root),
        drop: drop(command, root),
        bring: bring(command, root),
        forget: forget(command, root)
      }
    })
  )
