/** What the person at the dashboard has chosen and is about to do. Pure. */
import type { Approval } from "../../src/domain/Approval.ts"
import type { Lease } from "../../src/domain/Lock.ts"
import type { DeliveryMode } from "../../src/domain/Message.ts"
import type { Known } from "./Known.ts"
import type { Draft } from "./LineEditor.ts"
import type { Tone } from "./Piece.ts"
import { plain } from "./Plain.ts"
import type { Branch } from "./Tree.ts"

export interface Who {
  readonly id: string
  readonly name: string
}

/** Whom and what a question is about is settled when it is asked: what happens meanwhile turns no answer to another. */
export type Mode =
  | { readonly type: "list" }
  | { readonly type: "help" }
  | { readonly type: "send"; readonly to: Who; readonly how: DeliveryMode; readonly draft: Draft }
  | { readonly type: "find"; readonly before: string; readonly draft: Draft }
  | { readonly type: "approve"; readonly approval: Approval }
  | { readonly type: "deny"; readonly approval: Approval; readonly draft: Draft }
  | { readonly type: "kill"; readonly who: Who }
  | { readonly type: "unlock"; readonly lease: Lease; readonly who: Who }
  /** What was asked or typed has lost its object: the keys that were meant for it do nothing. */
  | { readonly type: "over"; readonly text: string }

/** What came of a wish, for some seconds. */
export interface Said {
  readonly text: string
  readonly tone: Tone
  readonly at: number
}

export interface Ui {
  readonly chosen: string | null
  /** Its row: when it goes, the one that takes its place is chosen. */
  readonly row: number
  /** The first row that is seen. */
  readonly top: number
  /** Words that a session must have somewhere. */
  readonly filter: string
  readonly mode: Mode
  readonly said: Said | null
}

export const LIST: Mode = { type: "list" }
export const FIRST: Ui = { chosen: null, row: 0, top: 0, filter: "", mode: LIST, said: null }

/** What the person wants of the world. */
export type Wish =
  | { readonly type: "quit" }
  | { readonly type: "suspend" }
  | { readonly type: "redraw" }
  | { readonly type: "attach"; readonly who: Who }
  | { readonly type: "kill" | "restore"; readonly who: Who }
  | { readonly type: "send"; readonly to: Who; readonly text: string; readonly how: DeliveryMode }
  | { readonly type: "approve"; readonly approval: Approval; readonly always: boolean }
  | { readonly type: "deny"; readonly approval: Approval; readonly reason: string }
  | { readonly type: "unlock"; readonly lease: Lease; readonly who: Who }

const words = ({ card }: Branch): string =>
  plain(
    [card.name, card.id, card.provider, card.role, card.state, card.task, card.status?.text, card.workingDir].join(" ")
  ).toLowerCase()

/** Those that have all the words of the filter. */
export const filtered = (tree: ReadonlyArray<Branch>, filter: string): ReadonlyArray<Branch> => {
  const wanted = filter.toLowerCase().split(/\s+/u).filter(Boolean)
  if (wanted.length === 0) return tree
  return tree.filter((branch) => {
    const text = words(branch)
    return wanted.every((word) => text.includes(word))
  })
}

const between = (least: number, value: number, most: number): number => Math.max(least, Math.min(value, most))

/** Chooses a row, and sees to it that it is seen. */
export const choose = (ui: Ui, rows: ReadonlyArray<Branch>, wanted: number, height: number): Ui => {
  const row = between(0, wanted, Math.max(0, rows.length - 1))
  const least = Math.max(0, row - height + 1)
  const most = Math.max(0, Math.min(row, rows.length - height))
  return { ...ui, chosen: rows[row]?.card.id ?? null, row, top: between(least, ui.top, Math.max(least, most)) }
}

/** What is chosen after the sessions, the filter or the height have changed: the same session, wherever it is now. */
export const settle = (ui: Ui, rows: ReadonlyArray<Branch>, height: number): Ui => {
  const at = rows.findIndex(({ card }) => card.id === ui.chosen)
  return choose(ui, rows, at < 0 ? ui.row : at, height)
}

/** Why what is asked or typed has no object any more. */
export const overNow = ({ approvals, cards, leases }: Known, mode: Mode): string | undefined => {
  if (mode.type === "approve" || mode.type === "deny") {
    const open = approvals.some(({ id, outcome }) => id === mode.approval.id && outcome === null)
    return open ? undefined : `the question of ${mode.approval.name} is answered already`
  }
  if (mode.type === "unlock") {
    const held = leases.some(({ ticket }) => ticket === mode.lease.ticket)
    return held ? undefined : `${mode.who.name} has released it`
  }
  if (mode.type !== "send" && mode.type !== "kill") return undefined
  const { id, name } = mode.type === "send" ? mode.to : mode.who
  return cards.has(id) ? undefined : `${name} has ended`
}
