/** Where this user's `sm` keeps things. */
import { resolveHome } from "../src/Home.ts"

export const home = resolveHome(process.env, process.getuid?.() ?? 0)
