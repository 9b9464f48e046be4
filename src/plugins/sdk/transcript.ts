/** Reading an agent's transcript, one JSON object per line: did it take this prompt? */
import { open } from "node:fs/promises"
import { squeeze } from "../../domain/Squeeze.ts"

/** How much of a transcript's end is searched. */
const TAIL = 4 * 1024 * 1024

/** The end of a file; none when there is no file. */
export const tail = async (path: string, most = TAIL): Promise<string | undefined> => {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const { size } = await file.stat()
    const length = Math.min(size, most)
    const buffer = Buffer.alloc(length)
    await file.read(buffer, 0, length, size - length)
    return buffer.toString("utf8")
  } finally {
    await file.close()
  }
}

/** The beginning of a file; none when there is no file. */
export const head = async (path: string, most: number): Promise<string | undefined> => {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const buffer = Buffer.alloc(most)
    const { bytesRead } = await file.read(buffer, 0, most, 0)
    return buffer.toString("utf8", 0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Does this line, stamped at or after `since` (Unix ms), hold the text in one of its content fields? */
export const mentions = (line: string, text: string, since: number): boolean => {
  let entry: { readonly timestamp?: string }
  try {
    entry = JSON.parse(line) as typeof entry
  } catch {
    // The line being written, or the cut first line of the tail.
    return false
  }
  if (entry.timestamp !== undefined && Date.parse(entry.timestamp) < since) return false
  const words: Array<string> = []
  JSON.stringify(entry, (key, value: unknown) => {
    if (typeof value === "string" && ["content", "text", "prompt", "message"].includes(key)) words.push(value)
    return value
  })
  const sought = squeeze(text)
  return words.some((word) => squeeze(word.replaceAll(/<\/?pasted_content id="[^"]*">/gu, "")).includes(sought))
}
