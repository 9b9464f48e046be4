/** A long text: given, in a file, or on standard input when it is `-`. */
import { readFileSync } from "node:fs"
import { Misuse } from "./Misuse.ts"
import { standardInput } from "./StandardInput.ts"

/** Bytes of one text: as in `domain/Message.ts`, without what that file needs to load. More would not even reach the daemon. */
export const MOST = 1024 * 1024

const why = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === "ENOENT") return "there is no such file"
  if (code === "EISDIR") return "it is a directory"
  return code === "EACCES" ? "it may not be read" : message
}

/** `option` is the name of the one that gave the file. */
export const longText = (text: string | undefined, file: string | undefined, option: string): string | undefined => {
  const found = textOf(text, file, option)
  if (found !== undefined && Buffer.byteLength(found) > MOST)
    throw new Misuse(`the text is larger than ${MOST} bytes`, "leave it in a file, and send where that is")
  return found
}

const textOf = (text: string | undefined, file: string | undefined, option: string): string | undefined => {
  if (file === undefined && text !== "-") return text
  if (file !== undefined && text !== undefined)
    throw new Misuse(`the text is given twice: on the command line and by ${option}`, `leave one of the two out`)
  const path = file ?? "-"
  try {
    return path === "-" ? standardInput() : readFileSync(path, "utf8")
  } catch (error) {
    // A terminal that is read without anything behind it.
    throw new Misuse(
      `${path === "-" ? "standard input" : `${option} ${path}`} cannot be read: ${why(error)}`,
      `${option} names a readable file; - is standard input`
    )
  }
}
