/** What keys do at the dashboard, without a terminal. */
import { assert, describe, it } from "@effect/vitest"
import { UNICODE } from "../../../cli/watch/Glyphs.ts"
import { type Key, keysOf } from "../../../cli/watch/Keys.ts"
import { type Known, NOTHING } from "../../../cli/watch/Known.ts"
import { draftOf, draftShown, draftText, edit, EMPTY_DRAFT } from "../../../cli/watch/LineEditor.ts"
import { press } from "../../../cli/watch/Press.ts"
import { FIRST, type Ui, type Wish } from "../../../cli/watch/Ui.ts"
import { planOf } from "../../../cli/watch/View.ts"
import { widthOf } from "../../../cli/watch/Wide.ts"
import { approval, card, idOf, lease, NOW } from "./Cards.ts"

const ESC = "\u001b"

describe("bytes of a terminal", () => {
  const name = (key: Key): string => (key.type === "key" ? key.name : `${key.type} ${key.text}`)
  const cases: ReadonlyArray<readonly [bytes: string, keys: ReadonlyArray<string>]> = [
    ["aé🚀", ["text a", "text é", "text 🚀"]],
    [`${ESC}[A${ESC}[B${ESC}OC${ESC}OD`, ["up", "down", "right", "left"]],
    [`${ESC}[1;5C${ESC}[3~${ESC}[5~${ESC}[6~`, ["right", "delete", "page-up", "page-down"]],
    [`${ESC}[H${ESC}OF${ESC}[1~${ESC}[4~`, ["home", "end", "home", "end"]],
    ["\r\t\u007f\u0003\u001a", ["enter", "tab", "backspace", "break", "suspend"]],
    [`${ESC}[Z${ESC}\r`, ["back-tab", "new-line"]],
    [`${ESC}[200~K y\n${ESC}[A${ESC}[201~q`, [`paste K y\n${ESC}[A`, "text q"]],
    // Unknown sequences, such as reports of a mouse, are no keys.
    [`${ESC}[<0;3;4M${ESC}[?1;2cx`, ["text x"]],
    [`${ESC}x`, ["escape", "text x"]]
  ]
  for (const [bytes, keys] of cases)
    it(`${JSON.stringify(bytes)} are the keys ${keys.join(", ")}`, () => {
      assert.deepStrictEqual(keysOf(bytes).keys.map(name), keys)
      // However the line cuts them, one byte at a time.
      let [rest, found]: [string, ReadonlyArray<string>] = ["", []]
      for (const byte of bytes) {
        const step = keysOf(`${rest}${byte}`)
        ;[rest, found] = [step.rest, [...found, ...step.keys.map(name)]]
      }
      assert.deepStrictEqual([found, rest], [keys, ""])
    })

  it("a lone Escape is a key once nothing has followed", () => {
    assert.deepStrictEqual(keysOf(ESC), { keys: [], rest: ESC })
    assert.deepStrictEqual(keysOf(ESC, true).keys.map(name), ["escape"])
    assert.deepStrictEqual(keysOf(`${ESC}[200~half`), { keys: [], rest: `${ESC}[200~half` })
  })
})

describe("a line being typed", () => {
  const typed = (text: string, ...bytes: ReadonlyArray<string>) =>
    keysOf(bytes.join("")).keys.reduce((draft, key) => edit(draft, key) ?? draft, draftOf(text))
  const cases: ReadonlyArray<readonly [what: string, text: string, bytes: string, result: string]> = [
    ["what is typed", "", "hello", "hello"],
    ["in the middle", "hllo", `${ESC}[H${ESC}[Ce`, "hello"],
    ["backspace over an emoji of several signs", "a👨‍👩‍👧", "\u007f", "a"],
    ["delete", "abc", `${ESC}[H${ESC}[3~`, "bc"],
    ["a word back", "one two  ", "\u0017", "one "],
    ["to the beginning", "one two", `${ESC}[D\u0015`, "o"],
    ["to the end", "one two", `\u0001${ESC}[C\u000b`, "o"],
    ["lines that are pasted", "", `${ESC}[200~a\r\nb\rc${ESC}[201~`, "a\nb\nc"],
    ["nothing before the beginning", "", `\u007f${ESC}[Dx`, "x"]
  ]
  for (const [what, text, bytes, result] of cases)
    it(`is edited: ${what}`, () => assert.strictEqual(draftText(typed(text, bytes)), result))

  it("is seen around its cursor, however long", () => {
    assert.deepStrictEqual(draftShown(draftOf("ab"), 10), { text: "ab", column: 2 })
    assert.deepStrictEqual(draftShown(draftOf("a\nb"), 10), { text: "a⏎b", column: 3 })
    for (const text of ["x".repeat(50), "測".repeat(30)]) {
      const { column, text: seen } = draftShown(draftOf(text), 12)
      assert.isBelow(column, 12)
      assert.strictEqual(widthOf(seen), column)
    }
    assert.deepStrictEqual(draftShown(EMPTY_DRAFT, 1), { text: "", column: 0 })
  })
})

const cards = [
  card(1, "one"),
  card(2, "two", { state: "waiting-permission" }),
  card(3, "three", { state: "crashed" }),
  card(4, "four"),
  card(5, "five", { state: "waiting-permission" })
]
const known: Known = {
  ...NOTHING,
  listed: true,
  cards: new Map(cards.map((one) => [one.id as string, one])),
  approvals: [approval("a0000001", 2, "two"), approval("a0000002", 4, "four", { kind: "question" })],
  leases: [lease("l000000000000001", 1, "one", { path: "src/**" })]
}

/** The keys one after the other, the screen planned anew before each as the program does. */
const after = (bytes: string, what: Known = known, from: Ui = FIRST) => {
  let ui = from
  const wishes: Array<Wish> = []
  for (const key of keysOf(bytes, true).keys) {
    const plan = planOf(what, ui, { columns: 80, rows: 24 }, NOW, UNICODE)
    const step = press(plan.ui, key, { known: what, rows: plan.rows, height: plan.height, now: NOW })
    ui = step.ui
    if (step.wish !== undefined) wishes.push(step.wish)
  }
  return { ui, wishes }
}
const who = (number: number, name: string) => ({ id: idOf(number), name })

describe("keys at the dashboard", () => {
  const chooses: ReadonlyArray<readonly [bytes: string, row: number]> = [
    ["j", 1],
    ["jjk", 1],
    [`${ESC}[B${ESC}[B`, 2],
    ["k", 0],
    ["G", 4],
    ["Gg", 0],
    ["jjjjjjjj", 4],
    ["\t", 1],
    ["\t\t", 2],
    ["\t\t\t\t\t", 1],
    [`${ESC}[Z`, 4]
  ]
  for (const [bytes, row] of chooses)
    it(`${JSON.stringify(bytes)} chooses row ${row}`, () => {
      const { ui, wishes } = after(bytes)
      assert.deepStrictEqual([ui.row, ui.chosen, wishes], [row, idOf(row + 1), []])
    })

  const wishes: ReadonlyArray<readonly [bytes: string, wish: Wish | undefined]> = [
    ["q", { type: "quit" }],
    ["\u0003", { type: "quit" }],
    ["\u001a", { type: "suspend" }],
    ["a", { type: "attach", who: who(1, "one") as never }],
    ["j\r", { type: "attach", who: who(2, "two") as never }],
    ["shello\r", { type: "send", to: who(1, "one"), text: "hello", how: "sequential" }],
    ["sq\t\t\r", { type: "send", to: who(1, "one"), text: "q", how: "urgent" }],
    ["s\r", undefined],
    [`shello${ESC}`, undefined],
    ["shello\u0003", undefined],
    ["Ky", { type: "kill", who: who(1, "one") }],
    ["Kj", undefined],
    ["K\r", undefined],
    ["jyy", { type: "approve", approval: approval("a0000001", 2, "two"), always: false }],
    ["jyA", { type: "approve", approval: approval("a0000001", 2, "two"), always: true }],
    ["jyj", undefined],
    ["jy\r", undefined],
    ["jnnot here\r", { type: "deny", approval: approval("a0000001", 2, "two"), reason: "not here" }],
    ["jyn\r", { type: "deny", approval: approval("a0000001", 2, "two"), reason: "" }],
    ["uy", { type: "unlock", lease: lease("l000000000000001", 1, "one", { path: "src/**" }), who: who(1, "one") }],
    ["un", undefined],
    ["jjr", { type: "restore", who: who(3, "three") }],
    // What is pasted into the list is no command.
    [`${ESC}[200~Kyq${ESC}[201~`, undefined]
  ]
  for (const [bytes, wish] of wishes)
    it(`${JSON.stringify(bytes)} wishes ${wish === undefined ? "nothing" : wish.type}`, () =>
      assert.deepStrictEqual(after(bytes).wishes, wish === undefined ? [] : [wish]))

  const says: ReadonlyArray<readonly [bytes: string, words: RegExp]> = [
    ["y", /one asks nothing/u],
    ["jjjy", /four asks for words/u],
    ["Gn", /five asks in its pane only/u],
    ["jjjju", /five holds no lease/u],
    ["r", /one has not ended/u],
    ["jja", /three has crashed: r restores it/u]
  ]
  for (const [bytes, words] of says)
    it(`${JSON.stringify(bytes)} says why not`, () => assert.match(after(bytes).ui.said?.text ?? "", words))

  it("finds as it is typed, keeps it with Enter, and leaves it with Escape", () => {
    assert.strictEqual(after("/thr").ui.chosen, idOf(3))
    assert.deepInclude(after("/thr\r").ui, { filter: "thr", mode: { type: "list" } })
    assert.deepInclude(after(`/thr${ESC}`).ui, { filter: "" })
    assert.deepInclude(after(`/thr\r${ESC}`).ui, { filter: "" })
    assert.deepInclude(after(`/thr\r/ee${ESC}`).ui, { filter: "thr" })
  })

  it("keeps the chosen session when others come and go, and takes the next when it goes itself", () => {
    const { ui } = after("jj")
    const without = (...numbers: ReadonlyArray<number>): Known => ({
      ...known,
      cards: new Map([...known.cards].filter(([id]) => !numbers.map(idOf).includes(id)))
    })
    assert.strictEqual(after("k", without(1), ui).ui.chosen, idOf(2))
    assert.strictEqual(after("z", without(3), ui).ui.chosen, idOf(4))
    assert.strictEqual(after("z", without(3, 4, 5), ui).ui.chosen, idOf(2))
    assert.isNull(after("zKy", without(1, 2, 3, 4, 5), ui).ui.chosen)
  })

  it("takes what is typed for nothing when its question has been answered by another", () => {
    const { ui } = after("jnno, q")
    const answered = { ...known, approvals: [] }
    const { ui: next, wishes: wished } = after("uit Ky", answered, ui)
    assert.deepStrictEqual([next.mode.type, wished], ["over", []])
    assert.deepInclude(after("\r", answered, next).ui.mode, { type: "list" })
    const gone = { ...known, cards: new Map([...known.cards].filter(([id]) => id !== idOf(1))) }
    assert.deepStrictEqual(after(" again\r", gone, after("shello").ui).wishes, [])
  })
})
