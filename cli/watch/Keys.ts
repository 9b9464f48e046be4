/** Bytes of a terminal as keys; what is pasted is one text, whatever it contains. */

export type Key =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "paste"; readonly text: string }
  | { readonly type: "key"; readonly name: KeyName }

export type KeyName =
  | "up"
  | "down"
  | "left"
  | "right"
  | "home"
  | "end"
  | "page-up"
  | "page-down"
  | "delete"
  | "backspace"
  | "enter"
  | "tab"
  | "back-tab"
  | "escape"
  | "break"
  | "suspend"
  | "redraw"
  | "line-start"
  | "line-end"
  | "kill-line"
  | "kill-rest"
  | "kill-word"
  | "new-line"

const ESC = "\u001b"
const PASTE = `${ESC}[200~`
const PASTED = `${ESC}[201~`

const SEQUENCES: Readonly<Record<string, KeyName>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end",
  Z: "back-tab",
  "1~": "home",
  "7~": "home",
  "4~": "end",
  "8~": "end",
  "3~": "delete",
  "5~": "page-up",
  "6~": "page-down"
}
const CONTROLS: Readonly<Record<string, KeyName>> = {
  "\r": "enter",
  "\n": "new-line",
  "\t": "tab",
  "\u007f": "backspace",
  "\b": "backspace",
  "\u0001": "line-start",
  "\u0003": "break",
  "\u0004": "delete",
  "\u0005": "line-end",
  "\u000b": "kill-rest",
  "\u000c": "redraw",
  "\u000e": "down",
  "\u0010": "up",
  "\u0015": "kill-line",
  "\u0017": "kill-word",
  "\u001a": "suspend"
}

const named = (name: KeyName): Key => ({ type: "key", name })

/** `ESC [ … final` or `ESC O final`; parameters such as those of Ctrl with an arrow are passed over. */
const SEQUENCE = new RegExp(`^${ESC}(?:\\[([0-9;?<]*)([ -/]*[@-~])|O([@-~]))`, "u")
const BEGUN = new RegExp(`^${ESC}(?:$|O$|\\[[0-9;?<]*$)`, "u")

const keyOf = (parameters: string, final: string): Key | undefined => {
  const name = SEQUENCES[final === "~" ? `${parameters.split(";")[0] ?? ""}~` : final]
  return name === undefined ? undefined : named(name)
}

/**
 * Keys, and what may be the beginning of a sequence that has not come whole. Given again with `last`, it is taken for
 * what it is: the Escape key.
 */
export const keysOf = (bytes: string, last = false): { readonly keys: ReadonlyArray<Key>; readonly rest: string } => {
  const keys: Array<Key> = []
  let rest = bytes
  while (rest !== "") {
    if (rest.startsWith(PASTE)) {
      const end = rest.indexOf(PASTED)
      if (end < 0) return { keys, rest }
      keys.push({ type: "paste", text: rest.slice(PASTE.length, end) })
      rest = rest.slice(end + PASTED.length)
      continue
    }
    const [first = ""] = rest
    if (first === ESC) {
      const found = SEQUENCE.exec(rest)
      if (found !== null) {
        const key = keyOf(found[1] ?? "", found[2] ?? found[3] ?? "")
        if (key !== undefined) keys.push(key)
        rest = rest.slice(found[0].length)
      } else if (rest.startsWith(`${ESC}\r`)) {
        keys.push(named("new-line"))
        rest = rest.slice(2)
      } else if (!last && BEGUN.test(rest)) return { keys, rest }
      else {
        keys.push(named("escape"))
        rest = rest.slice(1)
      }
      continue
    }
    const control = CONTROLS[first]
    if (control !== undefined) keys.push(named(control))
    else if (first >= " ") keys.push({ type: "text", text: first })
    rest = rest.slice(first.length)
  }
  return { keys, rest }
}
