/** The bottom of the screen: the chosen session in full, and the line for keys, questions and what is typed. */
import type { Approval } from "../../src/domain/Approval.ts"
import type { SessionCard } from "../../src/domain/Session.ts"
import { unhidden } from "../view/Unseen.ts"
import { span } from "../view/Time.ts"
import { approvalOf, type Known, leasesOf, waitsOf } from "./Known.ts"
import { draftShown } from "./LineEditor.ts"
import { EMPTY, type Line, line, type Piece, piece } from "./Piece.ts"
import { plain } from "./Plain.ts"
import { roleOf, scopeText } from "./Row.ts"
import type { Mode, Ui } from "./Ui.ts"
import { widthOf, wrap } from "./Wide.ts"

/** Lines for the chosen session; the questions about it stand there too. */
const linesFor = (rows: number): number => (rows < 14 ? 0 : rows < 30 ? 3 : 5)

const joined = (parts: ReadonlyArray<string>): string =>
  parts
    .map(plain)
    .filter((part) => part !== "")
    .join("  ")

/** Lines of a question, before it is seen how many there is room for. */
const UNBOUNDED = 1000

/** What there is to say, the most important first. */
const detailsOf = (known: Known, card: SessionCard, now: number): ReadonlyArray<string> => {
  const { completed, detail, id, limited, model, name, parentId, provider, queued, status, task, typed, workingDir } =
    card
  const parent = parentId === null ? undefined : known.cards.get(parentId)
  const who = joined([
    `${name} (${id})`,
    provider,
    model ?? "",
    roleOf(card),
    parent === undefined ? "" : `of ${parent.name}`,
    workingDir
  ])
  const mail = [queued === 0 ? "" : `${queued} waiting`, typed === 0 ? "" : `${typed} typed`].filter(Boolean).join(", ")
  const leases = [
    ...leasesOf(known, id).map(
      (lease) =>
        `holds ${scopeText(lease)} in ${lease.workspace} for ${span(now - lease.since)}, fence ${lease.fence}: ${lease.reason}`
    ),
    ...waitsOf(known, id).map(
      (wait) => `waits ${span(now - wait.since)} for ${scopeText(wait)} in ${wait.workspace}: ${wait.reason}`
    )
  ]
  const did = known.did.get(id)
  const notices = known.notices.filter(({ session }) => session === id).map(({ text }) => text)
  const rest = [
    ...notices,
    limited === null ? "" : limited.reason,
    ...leases,
    completed === null ? "" : `done ${span(now - completed.at)} ago: ${completed.note ?? completed.task ?? "its task"}`,
    status === null ? "" : `says, ${span(now - status.at)} ago: ${status.text}`,
    task === null ? "" : `task: ${task}`,
    did === undefined ? "" : `did, ${span(now - did.at)} ago: ${did.tool} ${did.detail}`,
    mail === "" ? "" : `messages: ${mail}`,
    detail
  ]
  return [who, ...rest.map(plain).filter((text) => text !== "")]
}

/** All of what it would do, where the agent's hook has told it; lines of a command are told apart. */
const wholeOf = ({ detail, subject, tool }: Approval): string => {
  const lines = (subject ?? detail).split("\n").map(unhidden).map(plain)
  return `${plain(tool)} ${lines.filter((text) => text !== "").join(" ⏎ ")}`
}

const asked = (mode: Mode, width: number, most: number): ReadonlyArray<Line> | undefined => {
  if (mode.type !== "approve" && mode.type !== "deny") return undefined
  const { name, workingDir } = mode.approval
  const lines = wrap(wholeOf(mode.approval), width, UNBOUNDED)
  const shown = lines.slice(0, Math.max(1, most - 1))
  const { detail, subject } = mode.approval
  const partly = subject === null && detail.endsWith("…") ? " not all of it is known here: a shows its pane" : ""
  const more =
    lines.length > shown.length ? ` ${lines.length - shown.length} lines are not shown: a shows its pane` : partly
  return [
    line(piece(`${name} asks`, "warn"), piece(` in ${plain(workingDir)}:`), piece(more, "bad")),
    ...shown.map((text) => line(piece(text)))
  ]
}

/** So many lines for a question as it needs to be read whole. */
export const detailHeight = (mode: Mode, width: number, rows: number): number => {
  const lines = asked(mode, width, Math.floor(rows / 2))
  return Math.max(lines?.length ?? 0, linesFor(rows))
}

export const details = (
  known: Known,
  ui: Ui,
  card: SessionCard | undefined,
  now: number,
  width: number,
  height: number
): ReadonlyArray<Line> => {
  const question = asked(ui.mode, width, height)
  const texts = question !== undefined || card === undefined ? [] : detailsOf(known, card, now).slice(0, height)
  const lines = question ?? texts.map((text, index) => line(piece(text, index === 0 ? "plain" : "dim")))
  return [...lines, ...Array.from({ length: Math.max(0, height - lines.length) }, () => EMPTY)]
}

const KEYS: ReadonlyArray<readonly [key: string, does: string]> = [
  ["s", "send"],
  ["a", "attach"],
  ["y/n", "answer"],
  ["K", "kill"],
  ["u", "unlock"],
  ["/", "find"],
  ["?", "help"],
  ["q", "quit"]
]

/** Where the line is short these are left to the help, the first one first. */
const DROPPED = ["u", "/", "q", "K", "y/n", "s"]

const keyLine = (known: Known, card: SessionCard | undefined, width: number): Line => {
  const asks = card !== undefined && approvalOf(known, card.id) !== undefined
  const all = KEYS.map(([key, does]) =>
    card?.state === "crashed" && key === "a" ? (["r", "restore"] as const) : ([key, does] as const)
  )
  const long = (keys: typeof all): number => keys.reduce((sum, [key, does]) => sum + key.length + does.length + 3, -2)
  const keys = DROPPED.reduce((left, drop) => (long(left) <= width ? left : left.filter(([key]) => key !== drop)), all)
  return line(
    ...keys.flatMap(([key, does]): ReadonlyArray<Piece> => {
      const pressing = (asks && key === "y/n") || key === "r"
      return [piece(key, pressing ? "warn" : "bold"), piece(` ${does}  `, pressing ? "warn" : "dim")]
    })
  )
}

interface Bottom {
  readonly line: Line
  /** Where something is typed. */
  readonly column?: number
}

/** What came of a wish is shown so long, ms. */
const SHOWN = 8000

const promptOf = (mode: Mode): string | undefined => {
  if (mode.type === "send") return `to ${mode.to.name}, ${mode.how} (Tab): `
  if (mode.type === "find") return "find: "
  if (mode.type === "deny") return `deny, and say why (Enter alone: no reason): `
  return undefined
}

const question = (known: Known, mode: Mode): ReadonlyArray<Piece> | undefined => {
  if (mode.type === "approve")
    return [piece("allow it?", "warn"), piece("  y once  A always  n deny  any other key: not now")]
  if (mode.type === "kill") {
    const card = known.cards.get(mode.who.id)
    const mail = card === undefined || card.queued === 0 ? "" : `, ${card.queued} waiting for it`
    return [piece(`kill ${mode.who.name}?`, "bad"), piece(` its record stays${mail}  y kill  any other key: no`)]
  }
  if (mode.type === "unlock")
    return [
      piece(`take ${scopeText(mode.lease)} from ${mode.who.name}?`, "bad"),
      piece(" it may be writing there  y take  any other key: no")
    ]
  if (mode.type === "over") return [piece(plain(mode.text), "bad"), piece("  Enter or Esc: back")]
  if (mode.type === "help") return [piece("any key: back", "dim")]
  return undefined
}

export const bottom = (known: Known, ui: Ui, card: SessionCard | undefined, now: number, width: number): Bottom => {
  const { mode, said } = ui
  const prompt = promptOf(mode)
  if (prompt !== undefined && "draft" in mode) {
    const room = Math.max(4, width - widthOf(prompt))
    const { column, text } = draftShown(mode.draft, room)
    return { line: line(piece(prompt, "bold"), piece(text)), column: Math.min(width - 1, widthOf(prompt) + column) }
  }
  const asks = question(known, mode)
  if (asks !== undefined) return { line: line(...asks) }
  if (said !== null && now - said.at < SHOWN) return { line: line(piece(plain(said.text), said.tone)) }
  return { line: keyLine(known, card, width) }
}
