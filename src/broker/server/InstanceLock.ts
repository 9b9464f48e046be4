/** One daemon per state directory: nats-server itself does not lock its store, and two on one store lose messages. */
import { mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Effect, Schema } from "effect"

export class AlreadyRunning extends Schema.TaggedError<AlreadyRunning>()("AlreadyRunning", { path: Schema.String }) {
  override get message() {
    return `another sm daemon holds ${this.path}`
  }
}

/** SQLite's lock is the kernel's: it goes with the process, however that ends. */
export const hold = (path: string) =>
  Effect.acquireRelease(
    Effect.try({
      try: () => {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
        const database = new DatabaseSync(path, { timeout: 0 })
        try {
          database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
        } catch (error) {
          database.close()
          throw error
        }
        return database
      },
      catch: () => new AlreadyRunning({ path })
    }),
    (database) => Effect.sync(() => database.close())
  )
