/** Text of strangers as a person may judge it: what a terminal obeys, or does not draw, is written out. */

const written = (sign: string): string => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`

/** What moves the cursor or turns the reading direction. Anything else is merely not seen. */
export const harmless = (text: string): string => text.toWellFormed().replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, written)

/** Nothing of it is hidden: for what somebody says yes or no to. A tab is a space. */
export const unhidden = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll("\t", " ")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, written)
