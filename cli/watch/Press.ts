/** What a key does: the next state of the dashboard, and perhaps a wish. Pure. */
import type { SessionCard } from "../../src/domain/Session.ts"
import type { Key, KeyName } from "./Keys.ts"
import { approvalOf, type Known, leasesOf } from "./Known.ts"
import { draftOf, draftText, edit, EMPTY_DRAFT } from "./LineEditor.ts"
import { needsPerson } from "./Row.ts"
import type { Branch } from "./Tree.ts"
import { choose, LIST, type Mode, type Ui, type Who, type Wish } from "./Ui.ts"

/** What the keys act upon. */
export interface Scene {
  readonly known: Known
  /** The rows that the filter leaves. */
  readonly rows: ReadonlyArray<Branch>
  /** How many of them are seen at once. */
  readonly height: number
  readonly now: number
}
export interface Step {
  readonly ui: Ui
  readonly wish?: Wish
}

const WAYS = ["sequential", "important", "urgent"] as const
const nextWay = (how: (typeof WAYS)[number]) => WAYS[(WAYS.indexOf(how) + 1) % WAYS.length] ?? "sequential"

const whoOf = ({ id, name }: SessionCard): Who => ({ id, name })

type Act = (ui: Ui, scene: Scene, card: SessionCard) => Step

const mode = (ui: Ui, next: Mode): Step => ({ ui: { ...ui, mode: next } })
const say = (ui: Ui, { now }: Scene, text: string): Step => ({
  ui: { ...ui, mode: LIST, said: { text, tone: "warn", at: now } }
})

/** The open question of a session that yes or no answers; else why there is none. */
const questionOf = (known: Known, card: SessionCard) => {
  const approval = approvalOf(known, card.id)
  if (approval === undefined) {
    return card.state === "waiting-permission"
      ? `${card.name} asks in its pane only: a attaches`
      : `${card.name} asks nothing`
  }
  return approval.kind === "question" ? `${card.name} asks for words, which only its pane takes: a attaches` : approval
}

const ACTS: Readonly<Record<string, Act>> = {
  s: (ui, _, card) => mode(ui, { type: "send", to: whoOf(card), how: "sequential", draft: EMPTY_DRAFT }),
  a: (ui, scene, card) =>
    card.state === "crashed"
      ? say(ui, scene, `${card.name} has crashed: r restores it`)
      : { ui, wish: { type: "attach", who: whoOf(card) } },
  y: (ui, scene, card) => {
    const found = questionOf(scene.known, card)
    return typeof found === "string" ? say(ui, scene, found) : mode(ui, { type: "approve", approval: found })
  },
  n: (ui, scene, card) => {
    const found = questionOf(scene.known, card)
    return typeof found === "string"
      ? say(ui, scene, found)
      : mode(ui, { type: "deny", approval: found, draft: EMPTY_DRAFT })
  },
  K: (ui, _, card) => mode(ui, { type: "kill", who: whoOf(card) }),
  u: (ui, scene, card) => {
    const [lease] = leasesOf(scene.known, card.id)
    return lease === undefined
      ? say(ui, scene, `${card.name} holds no lease`)
      : mode(ui, { type: "unlock", lease, who: whoOf(card) })
  },
  r: (ui, scene, card) =>
    card.state === "crashed"
      ? { ui, wish: { type: "restore", who: whoOf(card) } }
      : say(ui, scene, `${card.name} has not ended: there is nothing to restore`)
}

const MOVES: Readonly<Partial<Record<KeyName, (row: number, scene: Scene) => number>>> = {
  up: (row) => row - 1,
  down: (row) => row + 1,
  "page-up": (row, { height }) => row - Math.max(1, height - 1),
  "page-down": (row, { height }) => row + Math.max(1, height - 1),
  home: () => 0,
  end: (_, { rows }) => rows.length - 1
}
const LETTERS: Readonly<Record<string, KeyName>> = { j: "down", k: "up", g: "home", G: "end", " ": "page-down" }

/** The next session, from the chosen one on and around, that waits for a person. */
const nextNeedy = (ui: Ui, { known, rows }: Scene, step: 1 | -1): number | undefined => {
  for (let far = 1; far <= rows.length; far += 1) {
    const row = (ui.row + step * far + rows.length * 2) % rows.length
    const branch = rows[row]
    if (branch !== undefined && needsPerson(known, branch.card)) return row
  }
  return undefined
}

const inList = (ui: Ui, key: Key, scene: Scene): Step => {
  const name = key.type === "key" ? key.name : key.type === "text" ? LETTERS[key.text] : undefined
  if (name !== undefined) {
    const move = MOVES[name]
    if (move !== undefined) return { ui: choose(ui, scene.rows, move(ui.row, scene), scene.height) }
    if (name === "tab" || name === "back-tab") {
      const row = nextNeedy(ui, scene, name === "tab" ? 1 : -1)
      return row === undefined
        ? say(ui, scene, "no session waits for you")
        : { ui: choose(ui, scene.rows, row, scene.height) }
    }
    if (name === "escape") return { ui: { ...ui, filter: "" } }
  }
  const letter = key.type === "text" ? key.text : name === "enter" ? "a" : undefined
  if (letter === "q") return { ui, wish: { type: "quit" } }
  if (letter === "?" || letter === "h") return mode(ui, { type: "help" })
  if (letter === "/") return mode(ui, { type: "find", before: ui.filter, draft: draftOf(ui.filter) })
  const act = letter === undefined ? undefined : ACTS[letter]
  const card = scene.rows[ui.row]?.card
  return act === undefined || card === undefined ? { ui } : act(ui, scene, card)
}

const isKey = (key: Key, name: KeyName): boolean => key.type === "key" && key.name === name
const isLetter = (key: Key, letters: string): boolean => key.type === "text" && letters.includes(key.text)

/** Yes does it; anything that is not yes leaves it. */
const confirmed = (ui: Ui, key: Key, wish: Wish): Step =>
  isLetter(key, "yY") ? { ui: { ...ui, mode: LIST }, wish } : mode(ui, LIST)

export const press = (before: Ui, key: Key, scene: Scene): Step => {
  const ui: Ui = { ...before, said: null }
  const { mode: now } = ui
  if (isKey(key, "break")) return now.type === "list" ? { ui, wish: { type: "quit" } } : mode(ui, LIST)
  if (isKey(key, "suspend")) return { ui, wish: { type: "suspend" } }
  if (isKey(key, "redraw")) return { ui, wish: { type: "redraw" } }
  if (now.type === "list") return inList(ui, key, scene)
  if (now.type === "help") return mode(ui, LIST)
  if (now.type === "over") return isKey(key, "escape") || isKey(key, "enter") ? mode(ui, LIST) : { ui }
  if (now.type === "kill") return confirmed(ui, key, { type: "kill", who: now.who })
  if (now.type === "unlock") return confirmed(ui, key, { type: "unlock", lease: now.lease, who: now.who })
  if (now.type === "approve") {
    if (isLetter(key, "n")) return mode(ui, { type: "deny", approval: now.approval, draft: EMPTY_DRAFT })
    const always = isLetter(key, "A")
    if (!always && !isLetter(key, "yY")) return mode(ui, LIST)
    return { ui: { ...ui, mode: LIST }, wish: { type: "approve", approval: now.approval, always } }
  }
  if (isKey(key, "escape")) return { ui: { ...ui, mode: LIST, filter: now.type === "find" ? now.before : ui.filter } }
  if (now.type === "send" && isKey(key, "tab")) return mode(ui, { ...now, how: nextWay(now.how) })
  if (isKey(key, "enter")) {
    const text = draftText(now.draft)
    const done = { ...ui, mode: LIST }
    if (now.type === "find") return { ui: done }
    if (now.type === "deny") return { ui: done, wish: { type: "deny", approval: now.approval, reason: text.trim() } }
    return text.trim() === "" ? { ui: done } : { ui: done, wish: { type: "send", to: now.to, text, how: now.how } }
  }
  const draft = edit(now.draft, key)
  if (draft === undefined) return { ui }
  const next: Ui = { ...ui, mode: { ...now, draft } }
  return { ui: now.type === "find" ? { ...next, filter: draftText(draft) } : next }
}
