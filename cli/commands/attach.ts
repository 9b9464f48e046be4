/** `sm attach [session]`: a person's look inside. */
import { Option } from "clipanion"
import { ask } from "../Client.ts"
import { lookInside } from "../LookInside.ts"
import { done, print, refusal } from "../Output.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { type Card, sessionLines } from "../view/Sessions.ts"
import { onTerminal } from "../view/Table.ts"

export class Attach extends SmCommand {
  static override paths = pathsOf("attach")
  static override usage = usageOf("attach", {
    details:
      "What you type goes to the agent; messages wait while a draft of yours stands in its composer. Works from inside another tmux. Without a session: the only living one. With `--json` it says which command would attach, and runs nothing.",
    examples: [["Look in, leave with C-] d", "sm attach reviewer"]]
  })
  session = Option.String({ name: "session", required: false })

  override async execute(): Promise<number> {
    const session = this.session ?? (await this.only())
    if (typeof session === "number") return session
    const reply = await ask("attach", { session }, { repeatable: true })
    if (!reply.ok) return refusal(reply.error, this.json)
    if (this.json) return done(reply.data, true, "")
    const { command } = reply.data as { readonly command: ReadonlyArray<string> }
    return this.look(session, command)
  }

  /** The living session when there is one alone; else the exit code, after saying which there are. */
  async only(): Promise<string | number> {
    const reply = await ask("list", {}, { repeatable: true })
    if (!reply.ok) return refusal(reply.error, this.json)
    const living = (reply.data as ReadonlyArray<Card>).filter(({ state }) => state !== "crashed")
    const [first] = living
    if (first !== undefined && living.length === 1) return first.id
    if (first !== undefined && !this.json) print(sessionLines(living))
    const error =
      first === undefined
        ? {
            code: "not-found",
            message: "there is no living session",
            hint: 'sm spawn claude "<prompt>", or sm restore'
          }
        : {
            code: "invalid",
            message: `there are ${living.length} living sessions: say which (${living.map(({ name }) => name).join(", ")})`,
            hint: `sm attach ${first.name}`
          }
    return refusal(error, this.json)
  }

  async look(session: string, command: ReadonlyArray<string>): Promise<number> {
    if (!onTerminal(0) || !onTerminal(1)) {
      const hint = `sm output ${session} shows the pane; sm attach ${session} --json says the command`
      return refusal({ code: "wrong-state", message: "attach needs a terminal, and this is none", hint }, false)
    }
    const left = await lookInside(command)
    return typeof left === "number" ? left : refusal(left, false)
  }
}
