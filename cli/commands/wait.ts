/** `sm wait <session> [timeout]`: be told, or wait here, until a session is idle or gone. */
import { Option } from "clipanion"
import { span } from "../../src/domain/Span.ts"
import { untilIdle } from "../UntilIdle.ts"
import { makeMessageId } from "../MakeId.ts"
import { Misuse } from "../Misuse.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { moment } from "../view/Time.ts"
import { lengthOf } from "../When.ts"

interface Watched {
  readonly session: { readonly id: string; readonly name: string }
  readonly state: string
  readonly until: number
  readonly told: boolean
}

const lines = ({ session, state, told, until }: Watched): string =>
  told
    ? `${session.name} (${session.id}) is ${state}: the word of it is on its way to you`
    : `${session.name} (${session.id}) is ${state}: you will be told when it is idle or gone, or at ${moment(until)}, in ${span(until - Date.now())}`

export class Wait extends SmCommand {
  static override paths = pathsOf("wait")
  static override usage = usageOf("wait", {
    details:
      "For agents: it returns at once, and the agent is told exactly one thing, also over restarts of sm: that the session is idle with nothing waiting for it, that it is gone, or that the time is up (an hour unless you say otherwise). A later wait for the same session takes the place of an earlier one. With `--block`, for shells, it returns when that is so: 0 idle, 1 gone, 4 the time is up (without a time it waits for ever). A time is a number of seconds or a length like 5m.",
    examples: [
      ["Be told, within ten minutes", "sm wait reviewer 10m"],
      ["In a script", "sm wait --block reviewer 600 && sm output reviewer"],
      ["No more", "sm wait reviewer --cancel"]
    ]
  })
  session = Option.String({ name: "session" })
  timeout = Option.String({ name: "timeout", required: false })
  block = Option.Boolean("--block", false, { description: "wait here, for shells" })
  cancel = Option.Boolean("--cancel", false, { description: "you need not be told any more" })

  override execute(): Promise<number> {
    const { block, cancel, json, session } = this
    const right = `sm wait ${session} 10m`
    const timeout = this.timeout === undefined ? undefined : lengthOf(this.timeout)
    if (this.timeout !== undefined && timeout === undefined)
      throw new Misuse(`${this.timeout} is no length of time`, right)
    if (cancel && (block || timeout !== undefined))
      throw new Misuse("--cancel stands alone", `sm wait ${session} --cancel`)
    if (block) return untilIdle(session, timeout ?? Infinity, json)
    if (cancel)
      return this.show<Watched>("unwatch", { session }, (data) => `you do not wait for ${data.session.name} any more`)
    if (timeout !== undefined && timeout > 7 * 86_400_000) throw new Misuse("a wait may last seven days at most", right)
    const input = { session, id: makeMessageId(), ...(timeout === undefined ? {} : { timeoutMs: timeout }) }
    return this.show<Watched>("watch", input, lines, { repeatable: true })
  }
}
