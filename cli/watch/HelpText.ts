/** The keys, as `?` shows them. */
import { type Line, line, piece } from "./Piece.ts"

const KEYS: ReadonlyArray<readonly [key: string, does: string]> = [
  ["j k, arrows", "choose; PgUp PgDn, g G: a page, first and last"],
  ["Tab", "the next session that waits for you"],
  ["/", "only sessions with these words; Esc shows all again"],
  ["s", "send: Enter sends when it is idle, Tab: important, urgent; Ctrl-J: new line"],
  ["a, Enter", "attach: look inside and type yourself; C-] d comes back here"],
  ["y n", "answer its question: shown whole first, then y, A(lways) or n with a reason"],
  ["K", "kill it, after asking"],
  ["r", "restore one that has crashed"],
  ["u", "take its lease from it, after asking"],
  ["q", "quit; Ctrl-Z suspends, Ctrl-L draws anew"],
  ["", ""],
  ["columns", "? asks, ! needs a person, FOR since its state changed, CTX context,"],
  ["", "MSG waiting for it, L holds a lease (w waits for one), LAST what it did"]
]

export const HELP: ReadonlyArray<Line> = KEYS.map(([key, does]) =>
  line(piece(` ${key.padEnd(12)} `, "bold"), piece(does))
)
