/** What the senders of the chaos test send, and what they remember of it. */
import { Effect } from "effect"
import { readingsOf, tokensOf } from "./ChaosDiary.ts"
import { type ChaosWorld, type Member, ROLE } from "./ChaosWorld.ts"

export interface Sent {
  /** Known by this in its text. */
  readonly token: string
  readonly from: string
  /** The sender, when it is a session. */
  readonly boss: Member | undefined
  readonly round: number
  /** None: a role's work queue. */
  readonly to: Member | undefined
  readonly id: string
  readonly mode: string
  readonly key: string | undefined
  readonly wantsDelivery: boolean
}

export interface Ledger {
  readonly sent: Array<Sent>
  /** Reminders that were taken, by token; and those of which nobody knows whether they were. */
  readonly reminders: Map<string, Member>
  readonly doubtful: Set<string>
  /** Waits asked for, by the boss's id; and how often one may have been asked for twice. */
  readonly waits: Map<string, number>
  readonly repeated: Map<string, number>
}
export const emptyLedger = (): Ledger => ({
  sent: [],
  reminders: new Map(),
  doubtful: new Set(),
  waits: new Map(),
  repeated: new Map()
})

export interface Chance {
  readonly random: () => number
  readonly below: (limit: number) => number
  readonly ambush: number
}

export const pause = (ms: number) => Effect.promise(() => new Promise((resolve) => setTimeout(resolve, ms)))

/** It could not be told whether it was done: the system says so by these exit codes. */
const unsure = (code: number): boolean => code === 3 || code === 4

interface Reply {
  readonly data: ReadonlyArray<{ readonly messageId: string; readonly to: { readonly name: string } }>
}
/** The id of each recipient's own. */
const idsOf = (stdout: string) => {
  const { data } = JSON.parse(stdout) as { readonly data: Reply["data"] | Reply["data"][number] }
  return [data].flat() as Reply["data"]
}

export interface Order {
  readonly sender: number
  readonly round: number
  /** None: a role's work queue. */
  readonly to: ReadonlyArray<Member>
  readonly mode: string
  /** Behind the token. */
  readonly text: string
  readonly key?: string | undefined
  readonly wantsDelivery?: boolean
}

/** Sends one message, again under the same id until the system says that it has it. */
export const post = Effect.fnUntraced(function* (world: ChaosWorld, ledger: Ledger, order: Order) {
  const { key, mode, round, sender, text, to, wantsDelivery = false } = order
  const boss = world.bosses[sender]
  const sm = boss === undefined ? world.sm : world.asMember(boss)
  const token = `${sender}.${round}`
  const addressees = to.length === 0 ? `@${ROLE}` : to.map(({ name }) => name).join(",")
  // Of several each has an id of its own, counted from this one.
  const id = `m${String(sender).padStart(3, "0")}${String(round * 10).padStart(12, "0")}`
  const args = [
    "send",
    addressees,
    `<${token}> ${text}`,
    "--json",
    "--message-id",
    id,
    ...(mode === "sequential" ? [] : [`--${mode}`]),
    ...(key === undefined ? [] : ["--key", key]),
    ...(wantsDelivery ? ["--notify-on-delivery"] : [])
  ]
  for (;;) {
    const { code, stderr, stdout } = yield* sm(...args)
    if (unsure(code)) continue
    if (code !== 0) return yield* Effect.die(new Error(`sm ${args.join(" ")} exits ${code}: ${stderr}${stdout}`))
    for (const { messageId, to: receiver } of idsOf(stdout)) {
      const one = to.find(({ name }) => name === receiver.name)
      const from = boss?.name ?? `person${sender}`
      ledger.sent.push({ token, from, boss, round, to: one, id: messageId, mode, key, wantsDelivery })
    }
    return
  }
})

/** Whatever this sender may think of. Answers whether an ambush waits for it. */
export const sendOne = Effect.fnUntraced(function* (
  world: ChaosWorld,
  ledger: Ledger,
  { ambush, below, random }: Chance,
  sender: number,
  round: number
) {
  const session = sender < world.bosses.length
  const draw = random()
  const pooled = !session && draw < 0.12
  const first = world.workers[below(world.workers.length)]
  const to = pooled ? [] : draw > 0.9 ? world.workers : first === undefined ? [] : [first]
  const modes = ["sequential", "sequential", "important", "important", "urgent"]
  const mode = pooled ? "sequential" : (modes[below(modes.length)] ?? "")
  const key = !pooled && mode !== "urgent" && random() < 0.15 ? "k" : undefined
  const wantsDelivery = session && random() < 0.3
  const ambushed = random() < ambush
  const text = `[[work ${below(4) * 40}]]${ambushed ? " [[ambush]]" : ""}`
  yield* post(world, ledger, { sender, round, to, mode, text, key, wantsDelivery })
  return ambushed
})

/** A reminder for a boss, due in a moment, whoever is down by then. */
export const remindOne = Effect.fnUntraced(function* (world: ChaosWorld, ledger: Ledger, round: number) {
  const boss = world.bosses[round % world.bosses.length]
  if (boss === undefined) return
  const token = `9.${round}`
  const { code } = yield* world.sm("remind", "--to", boss.name, String(1 + (round % 3)), `<${token}>`)
  ledger.reminders.set(token, boss)
  if (code !== 0) ledger.doubtful.add(token)
})

/** A boss waits for a worker to be idle; the next wait is asked for when this one has been told of. */
export const waitOnce = Effect.fnUntraced(function* (world: ChaosWorld, ledger: Ledger, boss: Member, round: number) {
  const worker = world.workers[round % world.workers.length]
  if (worker === undefined || waitsTold(world, boss) < (ledger.waits.get(boss.id) ?? 0)) return
  ledger.waits.set(boss.id, (ledger.waits.get(boss.id) ?? 0) + 1)
  for (;;) {
    const { code, stderr } = yield* world.asMember(boss)("wait", worker.name, "10m")
    if (code === 0) return
    if (!unsure(code)) return yield* Effect.die(new Error(`wait exits ${code}: ${stderr}`))
    ledger.repeated.set(boss.id, (ledger.repeated.get(boss.id) ?? 0) + 1)
  }
})

const waitsTold = ({ dir }: ChaosWorld, { id }: Member): number =>
  readingsOf(dir, id).reduce((sum, { text }) => sum + [...text.matchAll(/\[sm wait · m\w+\]/gu)].length, 0)

/** How many of the messages have not been read by anybody. */
export const unread = ({ all, dir }: ChaosWorld, { sent }: Ledger): number => {
  const read = new Set(all.flatMap(({ id }) => readingsOf(dir, id).flatMap(({ text }) => tokensOf(text))))
  return sent.filter(({ key, token }) => key === undefined && !read.has(token)).length
}
