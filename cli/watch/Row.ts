/** One session as one line. */
import type { SessionCard } from "../../src/domain/Session.ts"
import { hour, span } from "../view/Time.ts"
import type { Column, ColumnName, Demand } from "./Columns.ts"
import { approvalOf, type Known, leasesOf, waitsOf } from "./Known.ts"
import { type Line, type Piece, piece, type Tone } from "./Piece.ts"
import { plain } from "./Plain.ts"
import type { Branch } from "./Tree.ts"
import { fit, widthOf } from "./Wide.ts"

/** States that other versions have are shown as they are called. */
const STATES: Readonly<Record<string, readonly [word: string, tone: Tone]>> = {
  starting: ["starting", "busy"],
  idle: ["idle", "plain"],
  working: ["working", "good"],
  "waiting-permission": ["asks", "warn"],
  "human-composing": ["typing", "busy"],
  compacting: ["compacting", "busy"],
  unknown: ["unknown", "warn"],
  crashed: ["crashed", "bad"],
  stopped: ["stopped", "dim"]
}

export const stateOf = ({ limited, state }: SessionCard): readonly [word: string, tone: Tone] =>
  limited !== null && state !== "crashed" ? ["limited", "bad"] : (STATES[state] ?? [state, "plain"])

/** Does it wait for a person? */
export const needsPerson = (known: Known, card: SessionCard): boolean =>
  approvalOf(known, card.id) !== undefined ||
  card.state === "waiting-permission" ||
  card.state === "crashed" ||
  known.notices.some(({ session, severity }) => session === card.id && severity !== "info")

const flagOf = (known: Known, card: SessionCard): Piece => {
  if (approvalOf(known, card.id) !== undefined || card.state === "waiting-permission") return piece("?", "warn")
  if (card.state === "crashed") return piece("!", "bad")
  const told = known.notices.filter(({ session, severity }) => session === card.id && severity !== "info")
  if (told.length === 0) return piece(" ")
  return piece("!", told.some(({ severity }) => severity !== "attention") ? "bad" : "warn")
}

/** Warned before it is told itself, when nobody watches. */
const HIGH = { warning: 65, critical: 80 }
const contextOf = ({ context, monitor }: SessionCard): Piece => {
  if (context === null) return piece("")
  const { critical, warning } = monitor ?? HIGH
  const tone = context.percent >= critical ? "bad" : context.percent >= warning ? "warn" : "plain"
  return piece(`${Math.round(context.percent)}%`, tone)
}

const mailOf = ({ queued, typed }: SessionCard): Piece =>
  queued + typed === 0 ? piece("") : piece(String(queued + typed), "bold")

/** A path inside its workspace, or the workspace by its last name. */
export const scopeText = ({ path, workspace }: { readonly path: string | null; readonly workspace: string }): string =>
  plain(path ?? workspace.split("/").findLast((part) => part !== "") ?? workspace)

const leaseText = (known: Known, id: string): string => {
  const held = leasesOf(known, id).map(scopeText)
  return held.length > 0
    ? held.join(" ")
    : waitsOf(known, id)
        .map((wait) => `waits ${scopeText(wait)}`)
        .join(" ")
}
const leaseOf = (known: Known, id: string, width: number): Piece => {
  if (width > 1) return piece(leaseText(known, id), leasesOf(known, id).length > 0 ? "plain" : "warn")
  return leasesOf(known, id).length > 0 ? piece("L") : piece(waitsOf(known, id).length > 0 ? "w" : "", "warn")
}

export const roleOf = ({ em, role }: SessionCard): string => (em ? (role === null ? "EM" : `EM ${role}`) : (role ?? ""))

const saysOf = ({ completed, status, task }: SessionCard): string => {
  if (completed !== null) return plain(`done: ${completed.note ?? completed.task ?? "its task"}`)
  return plain(status?.text ?? task ?? "")
}

/** What it does now or did last, or why it does nothing. */
const lastOf = (known: Known, card: SessionCard, now: number): Piece => {
  const asks = approvalOf(known, card.id)
  if (asks !== undefined) return piece(plain(`${asks.tool} ${asks.detail}`), "warn")
  if (card.limited !== null && card.state !== "crashed") {
    const { reason, until } = card.limited
    return piece(plain(until === null ? reason : `until ${hour(until)}: ${reason}`))
  }
  if (card.state === "crashed" || card.state === "waiting-permission") return piece(plain(card.detail))
  const did = known.did.get(card.id)
  if (did === undefined) return piece(saysOf(card) === "" ? plain(card.detail) : saysOf(card), "dim")
  const text = `${span(now - did.at).padStart(3)} ${plain(`${did.tool} ${did.detail}`)}`
  return piece(text, card.state === "working" ? "plain" : "dim")
}

const CELLS: Readonly<Record<ColumnName, (known: Known, branch: Branch, now: number, width: number) => Piece>> = {
  flag: (known, { card }) => flagOf(known, card),
  name: (_, { card, drawn }) => piece(`${drawn}${plain(card.name)}`, card.em ? "bold" : "plain"),
  role: (_, { card }) => piece(plain(roleOf(card))),
  state: (_, { card }) => piece(...stateOf(card)),
  age: (_, { card }, now) => piece(span(now - card.since), "dim"),
  context: (_, { card }) => contextOf(card),
  mail: (_, { card }) => mailOf(card),
  lease: (known, { card }, _, width) => leaseOf(known, card.id, width),
  last: (known, { card }, now) => lastOf(known, card, now),
  says: (_, { card }) => piece(saysOf(card), "dim")
}

const GAP = piece(" ")

const spaced = (columns: ReadonlyArray<Column>, cells: ReadonlyArray<Piece>): ReadonlyArray<Piece> =>
  columns.flatMap(({ right, width }, index) => {
    const { text, tone } = cells[index] ?? GAP
    const cell = piece(fit(text, width, right), tone)
    return index === 0 ? [cell] : [GAP, cell]
  })

/** What stands in each column, whole. */
export const cellsOf = (
  columns: ReadonlyArray<Column>,
  known: Known,
  branch: Branch,
  now: number
): ReadonlyArray<Piece> => columns.map(({ name, width }) => CELLS[name](known, branch, now, width))

export const rowOf = (
  columns: ReadonlyArray<Column>,
  known: Known,
  branch: Branch,
  now: number,
  chosen: boolean
): Line => ({ chosen, pieces: spaced(columns, cellsOf(columns, known, branch, now)) })

export const headOf = (columns: ReadonlyArray<Column>): Line => ({
  pieces: spaced(
    columns,
    columns.map(({ head }) => piece(head, "dim"))
  )
})

export const demandOf = (known: Known, tree: ReadonlyArray<Branch>): Demand => {
  const most = (of: (branch: Branch) => string): number => Math.max(0, ...tree.map((branch) => widthOf(of(branch))))
  return {
    name: most(({ card, drawn }) => `${drawn}${card.name}`),
    role: most(({ card }) => roleOf(card)),
    lease: most(({ card }) => leaseText(known, card.id)),
    says: tree.some(({ card }) => saysOf(card) !== "")
  }
}
