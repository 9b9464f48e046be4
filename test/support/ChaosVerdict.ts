/** What is wrong after the chaos: with messages, and with what sm itself told the bosses. */
import { entriesOf, readingsOf, tokensOf } from "./ChaosDiary.ts"
import type { Ledger, Sent } from "./ChaosLoad.ts"
import type { ChaosWorld, Member } from "./ChaosWorld.ts"

/** Each line names the message and the session. */
export interface Verdict {
  /** Nobody read it, though it was neither taken back nor replaced. */
  readonly lost: ReadonlyArray<string>
  readonly twice: ReadonlyArray<string>
  /** Read before one that the same sender had sent earlier to the same agent in the same mode. */
  readonly disordered: ReadonlyArray<string>
  /** Words of sm's own that came never, twice or of a wrong turn. */
  readonly notices: ReadonlyArray<string>
}

interface Counts {
  readonly ends: ReadonlyMap<string, string>
  /** How often members of the role were killed: what they had may be done by another as well. */
  readonly deaths: number
}

const label = ({ from, id, mode, to, token }: Sent): string => `${id} <${token}> ${mode} ${from} → ${to?.name ?? "@"}`

/** How often each token stands in what this session read. */
const countsOf = (dir: string, id: string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const { text } of readingsOf(dir, id))
    for (const token of tokensOf(text)) counts.set(token, (counts.get(token) ?? 0) + 1)
  return counts
}

const messages = (world: ChaosWorld, { sent }: Ledger, { deaths, ends }: Counts): Omit<Verdict, "notices"> => {
  const read = new Map(world.all.map(({ id }) => [id, countsOf(world.dir, id)]))
  const times = ({ to, token }: Sent): number =>
    (to === undefined ? world.members : [to]).reduce((sum, { id }) => sum + (read.get(id)?.get(token) ?? 0), 0)
  const withdrawn = ({ id, key }: Sent) => key !== undefined && ends.get(id) === "withdrawn"
  const lost = sent.filter((each) => times(each) === 0 && !withdrawn(each))
  const twice = sent.filter((each) => times(each) > (each.to === undefined ? 1 + deaths : withdrawn(each) ? 0 : 1))
  const bySender = (to: Member) => {
    const newest = new Map<string, number>()
    return readingsOf(world.dir, to.id)
      .flatMap(({ text }) => tokensOf(text))
      .flatMap((token) => sent.filter((each) => each.to?.id === to.id && each.token === token))
      .filter((each) => {
        const lane = `${each.from} ${each.mode}`
        const before = newest.get(lane) ?? -1
        newest.set(lane, Math.max(before, each.round))
        return each.round < before
      })
  }
  const disordered = world.workers.flatMap(bySender)
  return { lost: lost.map(label), twice: twice.map(label), disordered: disordered.map(label) }
}

/** Words of sm's own in what a boss read: each with its id and what stands behind its frame. */
const wordsTo = (dir: string, boss: Member) =>
  readingsOf(dir, boss.id).flatMap(({ text }) =>
    text.split(/(?=\[sm(?: \w+)? · m\w{15}\])/u).flatMap((part) => {
      const [, tag = "", id = "", words = ""] = /^\[sm( \w+)? · (m\w{15})\] ?([^]*)$/u.exec(part) ?? []
      return id === "" ? [] : [{ tag: tag.trim(), id, words: words.trim() }]
    })
  )

const noticesTo = (world: ChaosWorld, ledger: Ledger, ends: Counts["ends"], boss: Member): ReadonlyArray<string> => {
  const heard = wordsTo(world.dir, boss)
  const wrong: Array<string> = []
  const ids = heard.map(({ id }) => id)
  for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place)))
    wrong.push(`${boss.name} read ${id} twice`)
  const own = ledger.sent.filter((each) => each.boss?.id === boss.id)
  for (const each of own) {
    const times = heard.filter(({ words }) => words.includes(`Message ${each.id} was delivered`)).length
    const expected = each.wantsDelivery && ends.get(each.id) === "answered" ? 1 : 0
    if (times !== expected) wrong.push(`${boss.name} was told ${times} × of the delivery of ${label(each)}`)
  }
  for (const worker of world.workers) {
    const entries = entriesOf(world.dir, worker.id)
    const stops = heard.filter(({ words }) => words.startsWith(`${worker.name} (${worker.id}) stopped:`))
    const mine = own.filter(({ to }) => to?.id === worker.id)
    const told = stops.flatMap(({ words }) => [words.slice(words.indexOf("\n") + 1)])
    const answers = told.filter((words) => words.startsWith("done:"))
    for (const answer of answers) {
      if (!mine.some(({ token }) => answer.split(/\s/u).includes(token)))
        wrong.push(`${boss.name} was told of a turn of ${worker.name} that was none of its own: ${answer}`)
      if (answers.filter((other) => other === answer).length > 1)
        wrong.push(`${boss.name} was told twice that ${worker.name} ${answer}`)
    }
    const turns = new Set(
      entries.flatMap((entry) =>
        entry.op === "read" && mine.some(({ token }) => tokensOf(entry.text).includes(token)) ? [entry.turn] : []
      )
    )
    const answered = ledger.sent.filter(({ id }) => mine.some((each) => each.id === id) && ends.get(id) === "answered")
    if (told.length < turns.size || told.length > answered.length)
      wrong.push(
        `${boss.name} was told ${told.length} × that ${worker.name} stopped: ${turns.size} turns, ${answered.length} messages`
      )
  }
  const waits = ledger.waits.get(boss.id) ?? 0
  const words = heard.filter(({ tag }) => tag === "wait").length
  if (words < waits || words > waits + (ledger.repeated.get(boss.id) ?? 0))
    wrong.push(`${boss.name} waited ${waits} × and was told ${words} ×`)
  return wrong
}

const reminders = (world: ChaosWorld, ledger: Ledger): ReadonlyArray<string> =>
  [...ledger.reminders].flatMap(([token, boss]) => {
    const times = countsOf(world.dir, boss.id).get(token) ?? 0
    const right = times === 1 || (times === 0 && ledger.doubtful.has(token))
    return right ? [] : [`${boss.name} was reminded ${times} × of <${token}>`]
  })

export const judge = (world: ChaosWorld, ledger: Ledger, counts: Counts): Verdict => ({
  ...messages(world, ledger, counts),
  notices: [...world.bosses.flatMap((boss) => noticesTo(world, ledger, counts.ends, boss)), ...reminders(world, ledger)]
})
