/** The keys, as `?` shows them. */
import { type Line, line, piece } from "./Piece.ts"

const KEYS: ReadonlyArray<readonly [key: string, does: string]> = [
  ["j k, arrows", "choose; PgUp and PgDn a page, g and G the first and the last"],
  ["Tab", "the next session that waits for you"],
  ["/", "only sessions with these words; Esc shows all again"],
  ["s", "send; Tab makes it important or urgent, Ctrl-J begins a new line"],
  ["a, Enter", "attach: look inside and type yourself; C-] d comes back here"],
  ["y n", "answer its question: it is shown whole before you say yes"],
  ["K", "kill it, after asking"],
  ["r", "restore one that has crashed"],
  ["u", "take its lease away, after asking"],
  ["q", "quit; Ctrl-Z suspends, Ctrl-L draws anew"],
  ["", ""],
  ["?  !", "it asks; it needs a person"],
  ["FOR CTX MSG", "since its state changed; context used; messages that wait"],
  ["L", "holds a lease (w: waits for one)"]
]

export const HELP: ReadonlyArray<Line> = KEYS.map(([key, does]) =>
  line(piece(` ${key.padEnd(12)} `, "bold"), piece(does))
)
