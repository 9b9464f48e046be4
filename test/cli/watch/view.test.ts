/** The dashboard's screen as a function of what is known, at every size. */
import { assert, describe, it } from "@effect/vitest"
import { ASCII_ONLY, UNICODE } from "../../../cli/watch/Glyphs.ts"
import { type Known, NOTHING } from "../../../cli/watch/Known.ts"
import { onceLines } from "../../../cli/watch/Once.ts"
import { paint } from "../../../cli/watch/Paint.ts"
import { textOf } from "../../../cli/watch/Piece.ts"
import { plain } from "../../../cli/watch/Plain.ts"
import { treeOf } from "../../../cli/watch/Tree.ts"
import { FIRST, type Ui } from "../../../cli/watch/Ui.ts"
import { planOf, viewOf } from "../../../cli/watch/View.ts"
import { cut, fit, widthOf, wrap } from "../../../cli/watch/Wide.ts"
import type { SessionCard } from "../../../src/domain/Session.ts"
import { approval, card, idOf, lease, notice, NOW, waiting } from "./Cards.ts"

const knownOf = (cards: ReadonlyArray<SessionCard>, more: Partial<Known> = {}): Known => ({
  ...NOTHING,
  listed: true,
  cards: new Map(cards.map((one) => [one.id as string, one])),
  ...more
})

const shown = (known: Known, columns: number, rows: number, ui: Ui = FIRST): ReadonlyArray<string> => {
  const size = { columns, rows }
  const plan = planOf(known, ui, size, NOW, UNICODE)
  return viewOf(known, plan, size, NOW, UNICODE).lines.map(textOf)
}

const team = [
  card(1, "lead", { em: true, state: "working", context: { used: 90_000, window: 200_000, percent: 45 } }),
  card(2, "engineer-1", { parentId: idOf(1), state: "waiting-permission", queued: 2, typed: 1, role: "engineer" }),
  card(3, "reviewer", {
    parentId: idOf(1),
    role: "reviewer",
    status: { text: "reading src/ 📚", at: NOW - 90_000 },
    context: { used: 1, window: 2, percent: 83 }
  }),
  card(4, "sub", { parentId: idOf(2), state: "crashed", detail: "the pane ended with code 1" })
]
const whole = knownOf(team, {
  approvals: [approval("a0000001", 2, "engineer-1")],
  notices: [
    notice("permission 2", "engineer-1 asks", { kind: "permission", session: idOf(2) }),
    notice("idle 3", "reviewer has been idle for 5 m", { session: idOf(3) }),
    notice("crashed 4", "sub has crashed", { kind: "crashed", severity: "problem", session: idOf(4), at: NOW })
  ],
  leases: [lease("l000000000000001", 1, "lead", { path: "src/**" })],
  waiting: [waiting("l000000000000002", 2, "engineer-1")],
  did: new Map([[idOf(1), { at: NOW - 12_000, tool: "Bash", detail: "npm test" }]]),
  unread: 2
})

it("on a pipe no value is padded", () => {
  const used = { did: new Map([[idOf(1), { at: NOW - 3000, tool: "Bash", detail: "npm test" }]]) }
  assert.include(onceLines({ ...whole, ...used }, UNICODE, NOW, undefined), "  3s Bash npm test")
  assert.isFalse(onceLines({ ...whole, ...used }, UNICODE, NOW, undefined).includes("   3s Bash npm test"))
})

describe("sm watch's screen", () => {
  it("shows the tree, states, what waits for a person and the chosen one in full at 80 columns", () => {
    assert.deepStrictEqual(shown(whole, 80, 24), [
      "sm watch  4 sessions: 1 asks, 1 crashed, 1 working, 1 idle              2 unread",
      "? engineer-1 asks: Bash npm test                                    a0000001 12s",
      "! sub has crashed                                                             0s",
      "! reviewer has been idle for 5 m                                             30s",
      "  NAME         STATE      FOR  CTX MSG L LAST",
      "  lead         working     1m  45%     L 12s Bash npm test",
      "? ├ engineer-1 asks        1m        3 w Bash npm test",
      "! │ └ sub      crashed     1m            the pane ended with code 1",
      "! └ reviewer   idle        1m  83%       reading src/ 📚",
      ...Array.from({ length: 10 }, () => ""),
      "─".repeat(80),
      "lead (00000001)  claude  EM  /work/app",
      "holds src/** in /work/app for 5s, fence 7: writing",
      "did, 12s ago: Bash npm test",
      "s send  a attach  y/n answer  K kill  u unlock  / find  ? help  q quit"
    ])
  })

  it("leaves what only informs to the session it is about", () => {
    const known = { ...whole, notices: [notice("idle 3", "reviewer is idle", { severity: "info", session: idOf(3) })] }
    assert.notInclude(shown(known, 80, 24).join("\n"), "reviewer is idle")
    assert.include(
      shown(known, 80, 24, { ...FIRST, chosen: idOf(3) })
        .slice(-5)
        .join("\n"),
      "reviewer is idle"
    )
    assert.notMatch(shown(known, 80, 24).find((text) => text.includes("└ reviewer")) ?? "", /^!/u)
  })

  it("shows and chooses nobody before the list is there", () => {
    const early = { ...whole, listed: false, approvals: [], notices: [], unread: 0 }
    assert.deepStrictEqual(shown(early, 80, 24).filter(Boolean).slice(0, 3), [
      "sm watch",
      "  NAME     STATE      FOR  CTX MSG LAST",
      "asking the daemon"
    ])
    assert.isNull(planOf(early, FIRST, { columns: 80, rows: 24 }, NOW, UNICODE).ui.chosen)
  })

  it("has columns for roles, leases and what each says of itself where there is room", () => {
    const lines = shown(whole, 160, 40)
    const head = lines[4] ?? ""
    for (const word of ["ROLE", "LEASE", "LAST", "SAYS"]) assert.include(head, word)
    const reviewer = lines.find((text) => text.includes("└ reviewer")) ?? ""
    assert.match(reviewer, /reviewer +reviewer +idle .* reading src\/ 📚/u)
    assert.match(lines.find((text) => text.includes("├ engineer-1")) ?? "", /engineer .*waits app/u)
    assert.match(lines.find((text) => text.includes(" lead ")) ?? "", /EM .*src\/\*\*/u)
  })

  it("fills every size without a line that is too long or too many, and always shows the chosen session and the keys", () => {
    for (const columns of [1, 8, 20, 39, 40, 56, 64, 80, 100, 120, 200])
      for (const rows of [1, 2, 3, 5, 7, 10, 14, 24, 50]) {
        const lines = shown(whole, columns, rows, { ...FIRST, chosen: idOf(3) })
        const what = `${columns}x${rows}`
        assert.isAtMost(lines.length, rows, what)
        for (const text of lines) assert.isAtMost(widthOf(text), columns, `${what}: ${text}`)
        if (columns >= 20 && rows >= 2)
          assert.isTrue(
            lines.some((text) => /(?:└|rev)/u.test(text)),
            `${what}: ${lines.join("|")}`
          )
        if (columns >= 40) assert.include(lines.at(-1) ?? "", "? help", what)
      }
  })

  it("scrolls: the chosen one of 200 is always seen, and where it is among them is said", () => {
    const many = knownOf(Array.from({ length: 200 }, (_, index) => card(index + 1, `worker-${index + 1}`)))
    let ui = FIRST
    const size = { columns: 80, rows: 24 }
    for (const number of [1, 18, 100, 200, 182, 3]) {
      const plan = planOf(many, { ...ui, chosen: idOf(number) }, size, NOW, UNICODE)
      ui = plan.ui
      const lines = viewOf(many, plan, size, NOW, UNICODE).lines
      const chosen = lines.filter((one) => one.chosen === true).map(textOf)
      assert.lengthOf(chosen, 1)
      assert.match(chosen[0] ?? "", new RegExp(`worker-${number} `, "u"))
      assert.include(lines.map(textOf).join("\n"), `${ui.top + 1}-${ui.top + plan.height} of 200`)
    }
  })

  it("says what is wrong before it says how many do what", () => {
    const away = knownOf(team, { away: { since: NOW - 20_000, why: "the daemon is away" } })
    assert.match(shown(away, 80, 24)[0] ?? "", /^sm watch .*the daemon is away for 20s: sm up --detach$/u)
    assert.strictEqual(shown(away, 40, 24)[0], "the daemon is away for 20s: sm up --det…")
    const never = { ...NOTHING, away: { since: NOW, why: "the daemon is away" } }
    assert.include(shown(never, 80, 24).join("\n"), "the sessions are shown once the daemon answers")
    assert.include(shown(knownOf([]), 80, 24).join("\n"), "no sessions; start one: sm spawn")
    assert.include(
      shown(whole, 80, 24, { ...FIRST, filter: "nobody" }).join("\n"),
      "none of the sessions; Esc shows all"
    )
  })

  it("shows the whole question before it is allowed, however long", () => {
    const detail = `rm -rf ${Array.from({ length: 30 }, (_, index) => `/tmp/part-${index}`).join(" ")} && echo END`
    const asked = approval("a0000002", 2, "engineer-1", { detail })
    const known = { ...whole, approvals: [asked] }
    const lines = shown(known, 80, 24, { ...FIRST, mode: { type: "approve", approval: asked } })
    assert.include(lines.join(" "), "engineer-1 asks in /work/app:")
    assert.include(lines.join(" "), "&& echo END")
    assert.match(lines.at(-1) ?? "", /^allow it\? {2}y once {2}A always {2}n deny/u)
    const long = approval("a0000004", 2, "engineer-1", { detail: "x".repeat(2000) })
    const cutOff = shown({ ...whole, approvals: [long] }, 80, 24, {
      ...FIRST,
      mode: { type: "approve", approval: long }
    })
    assert.include(cutOff.join("\n"), "asks in /work/app: 15 lines are not shown: a shows its pane")
  })

  it("tells the lines of a command apart, where the agent's hook has told them", () => {
    const asked = { ...approval("a0000005", 2, "engineer-1", { detail: "echo a …" }), subject: "echo a\nrm -rf b" }
    const lines = shown({ ...whole, approvals: [asked] }, 80, 24, {
      ...FIRST,
      mode: { type: "approve", approval: asked }
    })
    assert.include(lines.join("\n"), "Bash echo a ⏎ rm -rf b")
  })

  it("says so where not all of it is known", () => {
    const asked = approval("a0000007", 2, "engineer-1", { detail: `echo ${"x".repeat(250)}…` })
    const lines = shown({ ...whole, approvals: [asked] }, 80, 24, {
      ...FIRST,
      mode: { type: "approve", approval: asked }
    })
    assert.include(lines.join("\n"), "asks in /work/app: not all of it is known here: a shows its pane")
  })

  it("hides nothing of it in what a terminal would obey", () => {
    const subject = "echo '\u001b]'; rm -rf ~ #\u0007\u200b"
    const asked = { ...approval("a0000006", 2, "engineer-1", { detail: "echo" }), subject }
    const lines = shown({ ...whole, approvals: [asked] }, 80, 24, {
      ...FIRST,
      mode: { type: "approve", approval: asked }
    })
    assert.include(lines.join("\n"), String.raw`Bash echo '\u{1b}]'; rm -rf ~ #\u{7}\u{200b}`)
  })

  it("gives a question up that another has answered, and takes no key for it", () => {
    const asked = approval("a0000003", 2, "engineer-1")
    const lines = shown({ ...whole, approvals: [] }, 80, 24, { ...FIRST, mode: { type: "approve", approval: asked } })
    assert.include(lines.at(-1) ?? "", "the question of engineer-1 is answered already")
  })
})

describe("a tree of sessions", () => {
  const drawn = (cards: ReadonlyArray<SessionCard>) =>
    treeOf(cards, UNICODE).map((branch) => `${branch.drawn}${branch.card.name}`)

  it("has each below its parent, the oldest first, and orphans at the top", () => {
    const cards = [
      card(1, "a"),
      card(2, "b", { parentId: idOf(9) }),
      card(3, "a1", { parentId: idOf(1) }),
      card(4, "a11", { parentId: idOf(3) }),
      card(5, "a2", { parentId: idOf(1) }),
      card(6, "a21", { parentId: idOf(5) })
    ]
    assert.deepStrictEqual(drawn(cards.toReversed()), ["a", "├ a1", "│ └ a11", "└ a2", "  └ a21", "b"])
    assert.deepStrictEqual(
      treeOf(cards, ASCII_ONLY).map((branch) => branch.drawn),
      ["", "|-", "| `-", "`-", "  `-", ""]
    )
  })

  it("loses nobody to a circle", () => {
    assert.deepStrictEqual(drawn([card(1, "a", { parentId: idOf(2) }), card(2, "b", { parentId: idOf(1) })]), [
      "a",
      "b"
    ])
    assert.deepStrictEqual(drawn([card(1, "a", { parentId: idOf(1) })]), ["a"])
  })

  it("draws no branch deeper than there is room for names", () => {
    const deep = Array.from({ length: 12 }, (_, index) =>
      card(index + 1, "x", { parentId: index === 0 ? null : idOf(index) })
    )
    assert.isAtMost(Math.max(...treeOf(deep, UNICODE).map((branch) => widthOf(branch.drawn))), 12)
  })
})

const ESC = "\u001b"

/** For the title of a test: no sign that would confuse a terminal. */
const spelt = (text: string): string =>
  JSON.stringify(text).replaceAll(/[^ -~]/gu, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`)

describe("text of agents", () => {
  const cases: ReadonlyArray<readonly [given: string, shown: string]> = [
    ["plain words", "plain words"],
    [" a\n\tb  c ", "a b c"],
    [`${ESC}[31mred${ESC}[0m`, "red"],
    [`${ESC}[2J${ESC}[1;1Hgone`, "gone"],
    [`${ESC}]0;title\u0007text`, "text"],
    [`${ESC}]8;;http://x${ESC}\\link${ESC}]8;;${ESC}\\`, "link"],
    [`bell\u0007 c1\u009b31m`, "bell c1 31m"],
    ["right\u202eto left", "rightto left"],
    ["fam👨‍👩‍👧ily", "fam👨ily"],
    ["👍🏽 ❤️", "👍 ❤"],
    ["cafe\u0301", "café"],
    [`z${"\u0300\u0301\u0302\u0303".repeat(9)}`, "z\u0300\u0301"],
    ["half \ud83d", "half �"]
  ]
  for (const [given, expected] of cases)
    it(`${spelt(given)} is shown as ${spelt(expected)}`, () =>
      assert.strictEqual(plain(given), expected.normalize("NFC")))
})

describe("the width of a text", () => {
  const widths: ReadonlyArray<readonly [text: string, width: number]> = [
    ["", 0],
    ["abc", 3],
    ["├ é ü", 5],
    ["測試", 4],
    ["テスト", 6],
    ["한국어", 6],
    ["🚀", 2],
    ["⚡ ✓", 4],
    ["e\u0301", 1],
    ["ＡＢ", 4]
  ]
  for (const [text, width] of widths)
    it(`${spelt(text)} takes ${width}`, () => assert.strictEqual(widthOf(text), width))

  it("is kept when a text is cut or filled", () => {
    for (const [text] of widths)
      for (const width of [1, 2, 3, 4, 5, 9]) {
        assert.isAtMost(widthOf(cut(text, width)), width)
        assert.strictEqual(widthOf(fit(text, width)), width)
        assert.strictEqual(widthOf(fit(text, width, true)), width)
      }
    assert.strictEqual(cut("測試測試", 5), "測試…")
    assert.strictEqual(fit("ab", 4, true), "  ab")
  })

  it("is kept over several lines, and nothing is lost while there are enough", () => {
    const text = `one 測試 three 🚀 ${"x".repeat(25)} end`
    const lines = wrap(text, 10, 20)
    for (const part of lines) assert.isAtMost(widthOf(part), 10, part)
    assert.strictEqual(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""))
    assert.lengthOf(wrap(text, 10, 2), 2)
    assert.match(wrap(text, 10, 2)[1] ?? "", /…$/u)
  })
})

describe("what is written to the terminal", () => {
  const size = { columns: 20, rows: 3 }
  const look = { colours: true, ascii: false }
  const lines = (text: string) => [
    { pieces: [{ text: "fixed", tone: "plain" as const }] },
    { pieces: [{ text, tone: "bad" as const }] }
  ]

  it("is nothing when nothing has changed, and only the row that has", () => {
    const first = paint(undefined, lines("one"), size, undefined, look)
    assert.include(first.bytes, "fixed")
    assert.strictEqual(paint(first.frame, lines("one"), size, undefined, look).bytes, "")
    const second = paint(first.frame, lines("two"), size, undefined, look)
    assert.include(second.bytes, `${ESC}[2;1H${ESC}[K${ESC}[1;31mtwo${ESC}[0m`)
    assert.notInclude(second.bytes, "fixed")
    assert.include(paint(first.frame, lines("one"), { columns: 21, rows: 3 }, undefined, look).bytes, "fixed")
  })

  it("names the column after signs of a doubtful width", () => {
    const row = {
      pieces: [
        { text: "測🚀", tone: "plain" as const },
        { text: "x", tone: "plain" as const }
      ]
    }
    assert.include(paint(undefined, [row], size, undefined, look).bytes, `測🚀${ESC}[5Gx`)
  })

  it("has no colours where nobody wants them, and no signs that the terminal does not know", () => {
    const poor = paint(undefined, lines("tést…測"), size, undefined, { colours: false, ascii: true })
    assert.notInclude(poor.bytes, "[1;31m")
    assert.include(poor.bytes, "t?st~??")
  })
})
