/**
 * A log of bounded size. Every line is appended by name, so that no writer holds on to a file that was put away, and a
 * line that meets a rotation is in one of the two files. One process rotates, any number may write.
 */
import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs"

/** Bytes after which the log is put away, and how many are kept: `daemon.log.1` is the youngest. */
export interface Bounds {
  readonly limit: number
  readonly keep: number
}
const bounds: Bounds = { limit: 10 * 1024 * 1024, keep: 3 }

const rename = (from: string, to: string): void => {
  try {
    renameSync(from, to)
  } catch (error) {
    // There are not that many yet.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
  }
}

const putAway = (path: string, keep: number): void => {
  for (let number = keep; number > 1; number--) rename(`${path}.${number - 1}`, `${path}.${number}`)
  rename(path, `${path}.1`)
}

/** Appends, and answers how large the file is now. */
const write = (path: string, text: string): number => {
  const descriptor = openSync(path, "a", 0o600)
  try {
    for (let rest = Buffer.from(text); rest.length > 0;) rest = rest.subarray(writeSync(descriptor, rest))
    return fstatSync(descriptor).size
  } finally {
    closeSync(descriptor)
  }
}

/** For who does not rotate. A log that cannot be written, as on a full disk, must stop nobody. */
export const append = (path: string, text: string): void => {
  try {
    write(path, text)
  } catch {
    // Nobody is left to be told.
  }
}

/** For the one that rotates. Empty text only looks whether the file is full. */
export const log = (path: string, text: string, { keep, limit }: Bounds = bounds): void => {
  try {
    if (write(path, text) >= limit) putAway(path, keep)
  } catch {
    // As above.
  }
}
