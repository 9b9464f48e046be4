/** `sm lock "<reason>"`: this workspace, or a part of it, is yours to write in. */
import { Option } from "clipanion"
import type { Lease } from "../../src/domain/Lock.ts"
import { span } from "../../src/domain/Span.ts"
import { Misuse } from "../Misuse.ts"
import { done, refusal } from "../Output.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { take } from "../Taking.ts"
import { place } from "../view/Locks.ts"
import { lengthOf } from "../When.ts"

const RIGHT = 'sm lock "renaming the api" --wait 2m'
const DAY = 86_400_000

const lengthIn = (option: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  const length = lengthOf(text)
  if (length === undefined || length > DAY)
    throw new Misuse(`${option} is a length of time up to a day, not ${text}`, RIGHT)
  return length
}

const line = (lease: Lease): string => {
  const end = lease.holder._tag === "Session" ? "until your turn ends" : `for ${span(lease.until - Date.now())}`
  return `locked ${place(lease)} ${end}, fence ${lease.fence}; sm unlock gives it back`
}

export class Lock extends SmCommand {
  static override paths = pathsOf("lock")
  static override usage = usageOf("lock", {
    details:
      "Others that ask for it wait or are refused, in the order of asking. An agent's lock lasts until its turn ends, its context is cleared, or it ends; a person's until `sm unlock` or for ten minutes, or what `--ttl` says. Without `--wait` it is refused at once when another has it (exit 1); with it, when the time is up (exit 4). Waiting that would never end, for each waits for the other, is refused at once. The fence is a number that grows with every lock given: whoever has a smaller one has lost it. Nothing is written into the repository.",
    examples: [
      ["All of this workspace", 'sm lock "renaming the api"'],
      ["A part, waiting for it", `sm lock "new parser" --path 'src/parser/**' --wait 2m`],
      ["Of a person, for an hour", 'sm lock "rebasing by hand" --ttl 1h']
    ]
  })
  reason = Option.Rest({ name: "reason", required: 1 })
  glob = Option.String("--path", { description: "only what this glob matches, from here: *, ** and ?" })
  wait = Option.String("--wait", { description: "wait so long where another has it: 30, 30s, 5m" })
  ttl = Option.String("--ttl", { description: "how long one term is; an agent's is renewed while its turn runs" })

  override async execute() {
    const reason = this.reason.join(" ").trim()
    if (reason === "") throw new Misuse("the reason is empty", RIGHT)
    if (reason.length > 300) throw new Misuse("the reason is longer than 300 characters", RIGHT)
    const ttlMs = lengthIn("--ttl", this.ttl)
    const taken = await take({
      reason,
      waitMs: lengthIn("--wait", this.wait) ?? 0,
      ...(this.glob === undefined ? {} : { path: this.glob }),
      ...(ttlMs === undefined ? {} : { ttlMs })
    })
    return "code" in taken ? refusal(taken, this.json) : done(taken, this.json, line(taken))
  }
}
