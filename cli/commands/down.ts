/** `sm down`: the daemon stops, the agents go on. */
import { ask } from "../Client.ts"
import { health } from "../Health.ts"
import { done, settle } from "../Output.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export class Down extends SmCommand {
  static override paths = pathsOf("down")
  static override usage = usageOf("down", {
    details: "Hooks of running agents wait in the spool; the next `sm up` adopts the panes and takes what was spooled.",
    examples: [["Start again", "sm down && sm up --detach"]]
  })
  override async execute() {
    if ((await health()) === undefined) return done({ pid: null }, this.json, "sm is not running")
    const reply = await ask("shutdown", {}, { patience: 0 })
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
