/** How many columns of a terminal a text takes, and how to make it take a given number. */

/** East Asian wide and full width, as far as no emoji: those have a property of their own. */
const WIDE: ReadonlyArray<readonly [first: number, last: number]> = [
  [0x11_00, 0x11_5f],
  [0x23_29, 0x23_2a],
  [0x26_30, 0x26_37],
  [0x26_8a, 0x26_8f],
  [0x2e_80, 0x30_3e],
  [0x30_41, 0xa4_cf],
  [0xa9_60, 0xa9_7c],
  [0xac_00, 0xd7_a3],
  [0xf9_00, 0xfa_ff],
  [0xfe_10, 0xfe_19],
  [0xfe_30, 0xfe_6f],
  [0xff_01, 0xff_60],
  [0xff_e0, 0xff_e6],
  [0x1_6f_e0, 0x1_b2_ff],
  [0x1_f2_00, 0x1_f2_65],
  [0x2_00_00, 0x3_ff_fd]
]
const EMOJI = /^\p{Emoji_Presentation}$/u
/** Two of them are a flag. */
const HALF_FLAG = /^\p{Regional_Indicator}$/u
const NOTHING = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u
const ASCII = /^[\u0020-\u007e]*$/u

export const isAscii = (text: string): boolean => ASCII.test(text)

const columnsOf = (sign: string): number => {
  const code = sign.codePointAt(0) ?? 0
  if (code < 0x3_00) return 1
  if (NOTHING.test(sign)) return 0
  if (WIDE.some(([first, last]) => code >= first && code <= last)) return 2
  return EMOJI.test(sign) && !HALF_FLAG.test(sign) ? 2 : 1
}

export const widthOf = (text: string): number => {
  if (isAscii(text)) return text.length
  let width = 0
  for (const sign of text) width += columnsOf(sign)
  return width
}

/** The beginning that fits, with `…` where something was left out. */
export const cut = (text: string, width: number): string => {
  if (width <= 0) return ""
  if (widthOf(text) <= width) return text
  let taken = ""
  let used = 0
  for (const sign of text) {
    const next = columnsOf(sign)
    if (used + next > width - 1) break
    taken += sign
    used += next
  }
  return `${taken}…`
}

/** Exactly that wide. */
export const fit = (text: string, width: number, right = false): string => {
  const shown = cut(text, width)
  const space = " ".repeat(Math.max(0, width - widthOf(shown)))
  return right ? `${space}${shown}` : `${shown}${space}`
}

/** The last part that fits: what is being typed is seen at its end. */
export const tail = (text: string, width: number): string => {
  const signs = Array.from(text)
  let used = 0
  let from = signs.length
  while (from > 0) {
    const next = columnsOf(signs[from - 1] ?? "")
    if (used + next > width) break
    used += next
    from -= 1
  }
  return signs.slice(from).join("")
}

/** Over several lines at most, broken between words where that is possible. */
export const wrap = (text: string, width: number, most: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let rest = text.trim()
  while (rest !== "" && lines.length < most - 1 && widthOf(rest) > width) {
    const whole = cut(rest, width + 1).slice(0, -1)
    const space = whole.lastIndexOf(" ")
    const taken =
      whole === ""
        ? String.fromCodePoint(rest.codePointAt(0) ?? 0)
        : space > whole.length / 2
          ? whole.slice(0, space)
          : whole
    lines.push(taken)
    rest = rest.slice(taken.length).trimStart()
  }
  return rest === "" ? lines : [...lines, cut(rest, width)]
}
