/**
 * Tables: aligned columns on a terminal; on a pipe the same lines without padding, cells two spaces apart, for agents
 * pay for every space. Never colour, tabs or cut cells; programs take `--json`.
 */
import { fstatSync, statSync } from "node:fs"
import { harmless } from "./Unseen.ts"

/** Asked without `node:tty`, which costs 5 ms: a character device that is not the null device. */
export const onTerminal = (descriptor: number): boolean => {
  try {
    const found = fstatSync(descriptor)
    return found.isCharacterDevice() && found.rdev !== statSync("/dev/null").rdev
  } catch {
    return false
  }
}

const oneLine = (cell: string): string => harmless(cell.replaceAll(/\s+/gu, " ").trim())

export const table = (
  head: ReadonlyArray<string>,
  body: ReadonlyArray<ReadonlyArray<string>>,
  aligned = onTerminal(1)
): string => {
  const rows = [head, ...body.map((row) => row.map((cell) => oneLine(cell) || "-"))]
  const widths = head.map((_, column) => (aligned ? Math.max(...rows.map((row) => (row[column] ?? "").length)) : 0))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}
