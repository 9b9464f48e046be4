/** A raw-mode program with bracketed paste: writes every byte it is given to the file named by its argument. */
import { appendFileSync, writeFileSync } from "node:fs"

const file = process.argv[2] ?? ""
process.stdin.setRawMode(true)
process.stdin.on("data", (chunk: Buffer) => appendFileSync(file, chunk))
process.stdout.write("\u001b[?2004hready\r\n")
writeFileSync(file, "")
