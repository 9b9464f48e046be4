/** `sm down`: the daemon stops, the agents go on. */
import { ask } from "../Client.ts"
import { health } from "../Health.ts"
import { done, settle } from "../Output.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { Unreachable } from "../Unreachable.ts"

/** ms; it answers before it stops. */
const DEADLINE = 5000

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export class Down extends SmCommand {
  static override paths = pathsOf("down")
  static override usage = usageOf("down", {
    details: "Hooks of running agents wait in the spool; the next `sm up` adopts the panes and takes what was spooled.",
    examples: [["Start again", "sm down && sm up --detach"]]
  })
  override async execute() {
    const reply = await ask("shutdown", {}, { patience: 0, deadline: DEADLINE }).catch((error: unknown) => {
      // One that was reached and does not answer runs, and says so by its silence.
      if (error instanceof Unreachable && !error.sent) return undefined
      throw error
    })
    if (reply === undefined) return done({ pid: null }, this.json, "sm is not running")
    if (reply.ok) {
      for (const deadline = Date.now() + 10_000; Date.now() < deadline && (await health()) !== undefined;)
        await pause(50)
    }
    return settle<{ readonly pid: number }>(
      reply,
      this.json,
      ({ pid }) => `sm (pid ${pid}) is stopped; agents keep running in their panes`
    )
  }
}
