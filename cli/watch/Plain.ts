/** Text of agents as it may be shown: one line, no control characters, one code point one sign of a known width. */

const [ESC, BEL] = ["\u001b", "\u0007"]
/** CSI with its parameters, OSC up to its end, and two-byte escapes. */
const ESCAPES = new RegExp(`${ESC}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?|[ -/]*[0-~])`, "gu")
/** What is glued to a sign by a joiner is left out: terminals differ in how wide they draw the whole. */
const JOINED = /(?:\u200d[\p{Extended_Pictographic}\u2640\u2642]\ufe0f?)+/gu
/** Directions, joiners, variation selectors, skin tones: nothing that a terminal draws by itself. */
const UNSEEN = /[\p{Cf}\p{Variation_Selector}\p{Emoji_Modifier}]/gu
/** More than two marks on a letter would climb into the lines above. */
const MARKS = /(\p{M}{2})\p{M}+/gu

export const plain = (text: string): string =>
  text
    .toWellFormed()
    .normalize("NFC")
    .replaceAll(ESCAPES, "")
    .replaceAll(JOINED, "")
    .replaceAll(UNSEEN, "")
    .replaceAll(MARKS, "$1")
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
