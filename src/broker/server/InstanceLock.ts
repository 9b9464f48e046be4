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

/** The lock can be neither taken nor found taken: the directory, or the file itself, is in the way. */
export class LockError extends Schema.TaggedError<LockError>()("LockError", {
  path: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `${this.path} cannot be locked: ${this.reason}; when no sm daemon runs, remove it`
  }
}

/** SQLite's "busy". */
const BUSY = 5
/** Ms: of several that try at the same moment each may find the others trying; one gets it at a second look. */
const PATIENCE = 250

/** SQLite's lock is the kernel's: it goes with the process, however that ends. */
export const hold = (path: string) =>
  Effect.acquireRelease(
    Effect.try({
      try: () => {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
        const database = new DatabaseSync(path, { timeout: PATIENCE })
        try {
          // Not `locking_mode = EXCLUSIVE` too: two that try at once would each keep what the other waits for.
          database.exec("BEGIN EXCLUSIVE")
        } catch (error) {
          database.close()
          throw error
        }
        return database
      },
      catch: (error) =>
        (error as { readonly errcode?: number }).errcode === BUSY
          ? new AlreadyRunning({ path })
          : new LockError({ path, reason: error instanceof Error ? error.message : String(error) })
    }),
    (database) => Effect.sync(() => database.close())
  )
