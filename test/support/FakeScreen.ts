/** Just enough of a terminal emulator for scripted programs: text, faint or not, line breaks, clear, cursor, title. */

const ROWS = 50
const COLUMNS = 200

const SEQUENCE = new RegExp(
  `${String.fromCharCode(27)}(?:\\[([?0-9;]*)([A-Za-z])|\\]([0-9]+);([^${String.fromCharCode(7)}]*)${String.fromCharCode(7)})`,
  "uy"
)

export class FakeScreen {
  title = ""
  bracketed = false
  readonly #history: Array<string> = []
  #rows: Array<string> = [""]
  #x = 0
  #y = 0
  #faint = false
  #coloured = false
  /** Cells that are shown faint, as `y:x`. */
  readonly #faintCells = new Set<string>()

  get cursor(): { readonly x: number; readonly y: number } {
    return { x: this.#x, y: this.#y }
  }

  /** As `Screen.faint` of the port. */
  get faint(): boolean {
    const row = this.#rows[this.#y] ?? ""
    const behind = row.slice(this.#x + 1)
    const shown = behind.trim() === "" ? this.#x : row.length - behind.trimStart().length
    return this.#faintCells.has(`${this.#y}:${shown}`) || !this.#coloured
  }

  /** One line per row, right-trimmed. */
  get text(): string {
    return Array.from({ length: ROWS }, (_, y) => (this.#rows[y] ?? "").trimEnd()).join("\n")
  }

  /** History and screen, down to the last row that shows something. */
  get all(): ReadonlyArray<string> {
    return [...this.#history, ...this.text.trimEnd().split("\n")]
  }

  write(data: string): void {
    for (let at = 0; at < data.length;) {
      SEQUENCE.lastIndex = at
      const found = SEQUENCE.exec(data)
      if (found !== null) {
        this.#control(found)
        at = SEQUENCE.lastIndex
        continue
      }
      const char = String.fromCodePoint(data.codePointAt(at) ?? 0)
      at += char.length
      this.#put(char)
    }
  }

  #control([, parameters = "", final = "", command, title = ""]: ReadonlyArray<string | undefined>): void {
    if (command === "0" || command === "2") this.title = title ?? ""
    else if (final === "J") {
      this.#rows = [""]
      this.#faintCells.clear()
    } else if (final === "m") {
      this.#faint = parameters === "2"
      this.#coloured ||= this.#faint
    } else if (final === "H") {
      const [row = "1", column = "1"] = (parameters ?? "").split(";")
      this.#y = Math.max(0, Number(row || "1") - 1)
      this.#x = Math.max(0, Number(column || "1") - 1)
    } else if (parameters === "?2004") this.bracketed = final === "h"
  }

  #put(char: string): void {
    if (char === "\r") {
      this.#x = 0
      return
    }
    if (char === "\n") {
      this.#down()
      return
    }
    if (char < " ") return
    if (this.#x >= COLUMNS) {
      this.#x = 0
      this.#down()
    }
    const row = (this.#rows[this.#y] ?? "").padEnd(this.#x)
    this.#rows[this.#y] = row.slice(0, this.#x) + char + row.slice(this.#x + char.length)
    if (this.#faint) this.#faintCells.add(`${this.#y}:${this.#x}`)
    else this.#faintCells.delete(`${this.#y}:${this.#x}`)
    this.#x += char.length
  }

  #down(): void {
    if (this.#y < ROWS - 1) this.#y++
    else this.#history.push(this.#rows.shift() ?? "")
  }
}
