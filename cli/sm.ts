/** The entry: hot commands run without the parser; everything else loads it, and its compiled code from a cache. */
import { enableCompileCache } from "node:module"
import { home } from "./home.ts"
import { failed } from "./Output.ts"
import { wantsHelp, wantsJson } from "./Words.ts"

const words = process.argv.slice(2)
const [verb = "", ...args] = words

/** None: not a hot command, or not one that its small parser can read. */
const hot = async (): Promise<number | undefined> => {
  if (verb === "hook") return (await import("./hot/hook.ts")).hook(args)
  if (verb === "auto-lock") return (await import("./hot/auto-lock.ts")).autoLock(args)
  if (verb === "send") return (await import("./hot/send.ts")).send(args)
  if (verb === "status") return (await import("./hot/status.ts")).status(args)
  if (verb === "me") return (await import("./hot/status.ts")).me(args)
  return undefined
}

const main = async (): Promise<number> => {
  const code = wantsHelp(args) ? undefined : await hot()
  if (code !== undefined) return code
  enableCompileCache(`${home.cache}/compiled`)
  return (await import("./Parser.ts")).run(words)
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => (process.exitCode = failed(error, wantsJson(words)))
)
