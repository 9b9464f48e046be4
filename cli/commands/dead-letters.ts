/** `sm dead-letters [action] [number]`: mail nobody could handle. */
import { Option } from "clipanion"
import { ask } from "../Client.ts"
import { Misuse, wholeNumber } from "../Misuse.ts"
import { perhaps } from "../../src/domain/Near.ts"
import { settle } from "../Output.ts"
import type { Reply } from "../Reply.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { table } from "../view/Table.ts"

interface Letter {
  readonly seq: number
  readonly at: number
  readonly reason: string
  readonly address: string
  readonly tag: string
  readonly body: string
}

const actions = ["list", "show", "replay", "drop"]

const line = (letter: Letter): string => `${letter.seq}  ${letter.address}  ${letter.tag}`

const lines = (letters: ReadonlyArray<Letter>): string =>
  letters.length === 0
    ? "no dead letters"
    : table(
        ["SEQ", "ADDRESS", "MESSAGE", "REASON"],
        letters.map(({ address, reason, seq, tag }) => [
          String(seq),
          address,
          tag,
          reason.split("\n")[0]?.slice(0, 100) ?? ""
        ])
      )

export class DeadLetters extends SmCommand {
  static override paths = pathsOf("dead-letters")
  static override usage = usageOf("dead-letters", {
    details:
      "`show`, `replay` and `drop` take the number that the list begins with. Only a person may replay and drop.",
    examples: [
      ["List", "sm dead-letters"],
      ["Read", "sm dead-letters show 12"],
      ["Post it again", "sm dead-letters replay 12"],
      ["Forget it", "sm dead-letters drop 12"]
    ]
  })
  action = Option.String({ name: "action", required: false })
  seq = Option.String({ name: "number", required: false })

  override async execute() {
    const action = this.action ?? "list"
    if (!actions.includes(action)) {
      throw new Misuse(
        `dead-letters knows list, show, replay and drop, not ${action}${perhaps(action, actions)}`,
        "sm help dead-letters"
      )
    }
    if (action === "list") {
      if (this.seq !== undefined) throw new Misuse("list takes no number", `sm dead-letters show ${this.seq}`)
      return this.show<ReadonlyArray<Letter>>("deadLetters", {}, lines, { repeatable: true })
    }
    if (this.seq === undefined)
      throw new Misuse(`${action} needs the number of a dead letter`, "sm dead-letters lists them")
    const seq = wholeNumber("the number of a dead letter", this.seq, 1, Infinity, "sm dead-letters lists them")
    if (action === "replay")
      return this.show<Letter>("replayDeadLetter", { seq }, (letter) => `posted again: ${line(letter)}`)
    if (action === "drop") return this.show<Letter>("dropDeadLetter", { seq }, (letter) => `dropped: ${line(letter)}`)
    return settle<Letter>(
      await this.one(seq),
      this.json,
      (letter) => `${line(letter)}\n${letter.reason}\n${letter.body}`
    )
  }

  async one(seq: number): Promise<Reply> {
    const reply = await ask("deadLetters", {}, { repeatable: true })
    if (!reply.ok) return reply
    const letter = (reply.data as ReadonlyArray<Letter>).find((other) => other.seq === seq)
    if (letter !== undefined) return { ok: true, data: letter }
    const message = `there is no dead letter ${seq}`
    return { ok: false, error: { code: "not-found", message, hint: "sm dead-letters lists them" } }
  }
}
