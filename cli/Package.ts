/** Where this bundle is and what version it has. Read late: the documentation's generator imports commands from source. */
import { readFileSync } from "node:fs"
import { join } from "node:path"

/** A file beside this bundle. */
export const beside = (name: string): string => join(__dirname, name)

export const version = (): string =>
  (JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8")) as { readonly version: string }).version
