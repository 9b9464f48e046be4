/** What sessions are told by a step of another: exactly what they asked for or must know, once. */
import { assert } from "@effect/vitest"
import type { Out } from "../../src/actors/Out.ts"
import type { Letter } from "../../src/domain/Letter.ts"
import { hopsOf, toldBy } from "./Machine.ts"

/** `takenBack`: somebody asked for a letter back; `answer`: the one that this step brings. */
export const makeNoticeCheck = (confirms: boolean) => {
  const known = new Map<string, string>()
  return (
    outs: ReadonlyArray<Out>,
    letters: ReadonlyMap<string, Letter>,
    takenBack: boolean,
    answer: string | undefined
  ): void => {
    const expected: Array<string> = []
    const stopped = new Set<string>()
    for (const { id, status } of hopsOf(outs)) {
      const letter = letters.get(id)
      const to = letter?.from.id
      if (letter === undefined || to === undefined) continue
      if (status === "answered" && letter.notify?.stop === true) stopped.add(to)
      if ((status === "submitted" || (!confirms && status === "injected")) && letter.notify?.delivery === true)
        expected.push(`${to} ${id} delivered`)
      if (status === "parked" || status === "expired" || status === "dead") expected.push(`${to} ${id} ${status}`)
    }
    const found: Array<string> = []
    const heard: Array<string> = []
    const senders = new Set([...letters.values()].map(({ from }) => from.id ?? ""))
    for (const { id, text, to } of toldBy(outs).filter((each) => senders.has(each.to as never))) {
      // An interrupted agent may take a message twice; its sender takes the news of it once, for that has the same id.
      if (known.has(id)) assert.deepStrictEqual([known.get(id), text.includes("was delivered")], [text, true])
      known.set(id, text)
      const about = /^\[sm\] Message (m\w{15}) .*?(delivered|\((\w+)\):)/u.exec(text)
      if (about !== null) {
        const what = about[3] ?? "delivered"
        if (what === "withdrawn") assert.isTrue(takenBack, text)
        else found.push(`${to} ${about[1]} ${what}`)
        continue
      }
      assert.include(text, " stopped:\n")
      heard.push(to)
      const words = text.slice(text.indexOf("\n") + 1)
      assert.isTrue(words.startsWith("(") || words === answer, `${words}, though the step brings ${answer}`)
    }
    const order = (one: string, two: string) => one.localeCompare(two)
    assert.deepStrictEqual(found.toSorted(order), expected.toSorted(order), "word of single messages")
    assert.deepStrictEqual(heard.toSorted(order), [...stopped].toSorted(order), "word of the turn's end")
  }
}
