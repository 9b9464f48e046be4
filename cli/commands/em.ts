/** `sm em [name]`: the caller orchestrates from now on. */
import { Option } from "clipanion"
import { ask } from "../Client.ts"
import { Misuse } from "../Misuse.ts"
import { settle } from "../Output.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

interface Flight {
  readonly id: string
  readonly name: string
  readonly steps: ReadonlyArray<{ readonly ok: boolean; readonly text: string }>
}

export class Em extends SmCommand {
  static override paths = pathsOf("em")
  static override usage = usageOf("em", {
    details:
      "Run it first, and again whenever you are not sure: it names you `em-<name>` (`em` without a name; an EM keeps the name it has), watches your context and that of your children, and enrols them: you are woken with a digest now and then while one works. Children spawned later are enrolled by themselves. What fails for one child is said in its line and stops nothing. Then dispatch, and end your turn: you are paged.",
    examples: [
      ["For an epic", "sm em epic-987"],
      ["Then", 'sm spawn claude "As engineer, await tasks" --name engineer-standby']
    ]
  })
  names = Option.Rest({ name: "name" })
  override async execute() {
    const [name, more] = this.names
    if (more !== undefined) throw new Misuse(`em takes one name, not also ${more}`, "sm em epic-987")
    const reply = await ask("em", name === undefined ? {} : { name }, { repeatable: true })
    if (!reply.ok && reply.error.code === "wrong-state" && process.env["SM_SESSION_ID"] === undefined) {
      const hint = "an agent makes itself an EM, from its own shell"
      return settle({ ok: false, error: { ...reply.error, hint } }, this.json, () => "")
    }
    return settle<Flight>(reply, this.json, ({ steps }) =>
      ["EM pre-flight complete:", ...steps.map(({ ok, text }) => `  ${ok ? "" : "warning: "}${text}`)].join("\n")
    )
  }
}
