/** Texts that have broken terminals: for property tests. */
import * as Arbitrary from "effect/Arbitrary"
import { Schema } from "effect"

const TRAPS = [
  ";",
  " ;",
  "\\",
  "\\;",
  "Up",
  "Enter",
  "C-c",
  "-t",
  "--",
  "/clear",
  "!ls",
  "#",
  "#{pane_id}",
  "#(date)",
  "'",
  '"',
  "$HOME",
  "`id`",
  "~",
  "{",
  "}",
  "%",
  "%end 1 1 1",
  "%if",
  "\n",
  "\n\n",
  "\r\n",
  "\r",
  "\t",
  " ",
  "\u0000",
  "\u0003",
  "\u0004",
  "\u001b",
  "\u001b[201~",
  "\u001b[200~",
  "\u007f",
  "\u0085",
  "\u009b",
  "\u2028",
  "é",
  "e\u0301",
  "漢字",
  "👩‍💻",
  "\ufeff",
  "\ufffd",
  "\ud83d",
  "\udc69",
  "\u202e",
  "word",
  "two words"
] as const

const traps = Arbitrary.schema(Schema.Literals(TRAPS))
/** Any UTF-16 code unit: lone surrogates included. */
const unit = Arbitrary.map(
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 0xffff }))),
  (code) => String.fromCharCode(code)
)
const joined = (parts: Arbitrary.Arbitrary<string>, maxLength: number) =>
  Arbitrary.map(Arbitrary.array(parts, { maxLength }), (all) => all.join(""))

/** Traps, arbitrary characters, and the first again behind them: up to some hundred characters. */
export const texts: Arbitrary.Arbitrary<string> = Arbitrary.map(
  Arbitrary.all([joined(traps, 20), joined(unit, 60), joined(traps, 10)]),
  (parts) => parts.join("")
)

/** Well-formed, on one line, without NUL. */
export const lines: Arbitrary.Arbitrary<string> = Arbitrary.map(texts, (text) =>
  text.replaceAll("\n", "").replaceAll("\u0000", "").toWellFormed()
)
