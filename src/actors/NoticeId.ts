/** The id of a letter that sm itself writes. */
import { MessageId } from "../domain/Ids.ts"

/** FNV-1a: the same words give the same number. */
const hash = (text: string): number => {
  let sum = 0x811c9dc5
  for (const char of text) sum = Math.imul(sum ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return sum
}

/** The id of a piece of news on the person's desk. */
export const newsId = (at: number, about: string): MessageId => noticeId(at, `news ${about}`)

/**
 * The id of a notice follows from what it tells and whom: told twice, by a retry or after a restart, it is the same message,
 * and its receiver takes it once.
 */
export const noticeId = (at: number, about: string): MessageId => {
  const time = Math.max(0, Math.floor(at)).toString(36).padStart(9, "0").slice(-9)
  return MessageId.make(`m${time}${(hash(about) % 36 ** 6).toString(36).padStart(6, "0")}`)
}
