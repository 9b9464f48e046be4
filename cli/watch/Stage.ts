/** The terminal as a stage: raw keys come in, frames go out, and it is left as it was found, however this ends. */
import { writeSync } from "node:fs"
import { type Key, keysOf } from "./Keys.ts"
import { type Cursor, ENTER, type Frame, LEAVE, type Look, paint, type Size } from "./Paint.ts"
import type { Line } from "./Piece.ts"

interface Audience {
  readonly key: (key: Key) => void
  /** All must be drawn again. */
  readonly redraw: () => void
  /** The terminal is gone, or somebody wants this to end: with which exit code. */
  readonly ended: (code: number) => void
}
export interface Stage {
  readonly size: () => Size
  readonly show: (lines: ReadonlyArray<Line>, cursor: Cursor | undefined) => void
  /** Everything is drawn at the next time. */
  readonly forget: () => void
  readonly enter: () => void
  readonly leave: () => void
  /** Stops as other programs do at Ctrl-Z, and comes back with `fg`. */
  readonly suspend: () => void
  readonly close: () => void
}

/** The bytes of one key come together, unless the line is slow: then it is the Escape key after so long, ms. */
const SPLIT = 50
const SIGNALS: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

export const openStage = (look: Look, audience: Audience): Stage => {
  const { stdin, stdout } = process
  let frame: Frame | undefined
  let on = false
  let full = false
  let rest = ""
  let timer: NodeJS.Timeout | undefined

  const read = (text: string, last: boolean): void => {
    clearTimeout(timer)
    const found = keysOf(text, last)
    rest = found.rest
    if (rest !== "") timer = setTimeout(() => read(rest, true), SPLIT)
    for (const key of found.keys) audience.key(key)
  }
  const data = (text: string): void => read(`${rest}${text}`, false)
  const resized = (): void => audience.redraw()
  const drained = (): void => {
    full = false
    audience.redraw()
  }
  const hungUp = (): void => audience.ended(SIGNALS["SIGHUP"] ?? 1)
  const stops = Object.entries(SIGNALS).map(([name, code]) => ({ name, stop: () => audience.ended(code) }))

  const enter = (): void => {
    if (on) return
    on = true
    frame = undefined
    stdin.setRawMode(true)
    stdin.resume()
    stdout.write(ENTER)
  }
  const leave = (): void => {
    if (!on) return
    on = false
    clearTimeout(timer)
    rest = ""
    stdin.pause()
    try {
      stdin.setRawMode(false)
      writeSync(1, LEAVE)
    } catch (error) {
      // The terminal is gone: there is nothing to restore.
      const { code } = error as NodeJS.ErrnoException
      if (code !== "EIO" && code !== "EPIPE" && code !== "EBADF" && code !== "EAGAIN") throw error
    }
  }
  const continued = (): void => {
    if (!on) return
    on = false
    // Whoever stopped us has changed the terminal, and Node does not set what it believes to be set.
    stdin.setRawMode(false)
    enter()
    audience.redraw()
  }

  stdin.setEncoding("utf8")
  stdin.on("data", data)
  stdin.on("end", hungUp)
  stdin.on("error", hungUp)
  stdout.on("resize", resized)
  stdout.on("drain", drained)
  stdout.on("error", hungUp)
  for (const { name, stop } of stops) process.on(name, stop)
  process.on("SIGCONT", continued)
  process.on("exit", leave)
  enter()

  return {
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    show: (lines, cursor) => {
      // A line that cannot keep up is shown the newest when it can.
      if (!on || full) return
      const size = { columns: stdout.columns || 80, rows: stdout.rows || 24 }
      const { bytes, frame: next } = paint(frame, lines, size, cursor, look)
      frame = next
      if (bytes !== "") full = !stdout.write(bytes)
    },
    forget: () => (frame = undefined),
    enter,
    leave,
    suspend: () => {
      leave()
      process.once("SIGCONT", () => {
        enter()
        audience.redraw()
      })
      process.kill(process.pid, "SIGTSTP")
    },
    close: () => {
      leave()
      stdin.off("data", data)
      stdin.off("end", hungUp)
      stdin.off("error", hungUp)
      stdout.off("resize", resized)
      stdout.off("drain", drained)
      stdout.off("error", hungUp)
      for (const { name, stop } of stops) process.off(name, stop)
      process.off("SIGCONT", continued)
      process.off("exit", leave)
    }
  }
}
