/** Tells a placeholder from typed text: programs show it faint. Reads what `capture-pane -e` gives. Pure. */

const SEQUENCE = new RegExp(`${String.fromCharCode(27)}\\[([0-9;]*)m`, "uy")

/** How the text looks from here on: `coloured` once any text was given a look of its own. */
interface Pen {
  faint: boolean
  coloured: boolean
}

const dip = (pen: Pen, parameters: string): void => {
  const codes = parameters.split(";").map(Number)
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0
    if (code === 0 || code === 22) pen.faint = false
    else if (code === 2) pen.faint = true
    // The numbers behind name a colour.
    else if (code === 38 || code === 48) at += codes[at + 1] === 5 ? 2 : 4
    // 39 and 49 are the colours of the terminal itself.
    if (code === 2 || (code >= 30 && code < 49 && code !== 39) || code >= 90) pen.coloured = true
  }
}

/**
 * Is the text behind this cell faint? Where only the cell itself shows something, that counts. Also true of a program
 * that uses neither faint nor colour: it does not tell. Text before the cell must be one column wide a character.
 */
export const faintBehind = (styled: string, x: number, y: number): boolean => {
  const pen: Pen = { faint: false, coloured: false }
  let own: boolean | undefined
  let behind: boolean | undefined
  for (const [row, line] of styled.split("\n").entries()) {
    let column = 0
    for (let at = 0; at < line.length;) {
      SEQUENCE.lastIndex = at
      const sequence = SEQUENCE.exec(line)
      if (sequence !== null) {
        dip(pen, sequence[1] ?? "")
        at = SEQUENCE.lastIndex
        continue
      }
      const char = String.fromCodePoint(line.codePointAt(at) ?? 0)
      at += char.length
      const shows = row === y && char.trim() !== ""
      if (shows && column === x) own = pen.faint
      if (shows && column > x) behind ??= pen.faint
      column++
    }
  }
  return (behind ?? own ?? false) || !pen.coloured
}
