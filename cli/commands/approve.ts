/** `sm approve <id>` and `sm deny <id>`: a person's answer to what an agent asks leave for. */
import { Option } from "clipanion"
import { unhidden } from "../view/Unseen.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import type { Approval, Rule } from "../view/Approvals.ts"
import { ruleLines } from "../view/Approvals.ts"

interface Answered {
  readonly approval: Approval
  readonly rule: Rule | null
}

const said = ({ approval, rule }: Answered): string => {
  const { detail, id, name, outcome, session, tool } = approval
  const line = `${id} ${outcome?.what ?? ""}: ${name} (${session}): ${unhidden(`${tool}: ${detail}`)}`
  return rule === null ? line : `${line}\nand from now on:\n${ruleLines([rule])}`
}

const DETAILS =
  "The first answer wins, whoever gives it and where; a later one is told who was faster. The agent's own hook waits for the answer for 590 s and hands it over; after that its dialog is answered by keys, once it is seen to be that very one. A session's name will do where it waits for one answer only. For a person only."

export class Approve extends SmCommand {
  static override paths = pathsOf("approve")
  static override usage = usageOf("approve", {
    details: `${DETAILS} \`--always\` makes a rule of it: this very command, in this repository, until it is forgotten.`,
    examples: [
      ["Let it", "sm approve a1b2c3d4"],
      ["And the next time as well", "sm approve a1b2c3d4 --always"]
    ]
  })
  which = Option.String({ name: "approval" })
  always = Option.Boolean("--always", false, { description: "make a rule of it" })
  reason = Option.String("--reason", { description: "kept with the answer" })
  override execute() {
    return this.show<Answered>("approve", inputOf(this), said)
  }
}

export class Deny extends SmCommand {
  static override paths = pathsOf("deny")
  static override usage = usageOf("deny", {
    details: `${DETAILS} The agent reads the reason and goes on with its turn. Where keys refuse, its turn ends, and the reason comes to it as a message.`,
    examples: [["Refuse, and say why", 'sm deny a1b2c3d4 --reason "not on a Friday"']]
  })
  which = Option.String({ name: "approval" })
  always = Option.Boolean("--always", false, { description: "make a rule of it" })
  reason = Option.String("--reason", { description: "what the agent is told" })
  override execute() {
    return this.show<Answered>("deny", inputOf(this), said)
  }
}

const inputOf = ({ always, reason, which }: Approve | Deny) => ({
  id: which,
  ...(always ? { always } : {}),
  ...(reason === undefined ? {} : { reason })
})
