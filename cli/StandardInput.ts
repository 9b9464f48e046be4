/** All of standard input, also when whoever gave it made it one that does not wait: then `readFileSync(0)` fails. */
import { readSync } from "node:fs"

const CHUNK = 65_536
/** Between looks at an input that has nothing yet, ms. */
const LOOK = 5

export const standardInput = (): string => {
  const parts: Array<Buffer> = []
  for (;;) {
    const part = Buffer.allocUnsafe(CHUNK)
    try {
      const read = readSync(0, part)
      if (read === 0) return Buffer.concat(parts).toString("utf8")
      parts.push(part.subarray(0, read))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== "EAGAIN") throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK)
    }
  }
}
