/** The entry: hot commands run without the parser; everything else loads it. */
import { complain, failed } from "./Output.ts"

const [verb = "", ...args] = process.argv.slice(2)

const hot = async (): Promise<number | undefined> => {
  if (verb === "hook") return (await import("./hot/hook.ts")).hook(args)
  if (verb === "send") return (await import("./hot/send.ts")).send(args)
  if (verb === "status") return (await import("./hot/status.ts")).status(args)
  if (verb === "me") return (await import("./hot/status.ts")).me(args)
  return undefined
}

const main = async (): Promise<number> => {
  const help = args.includes("--help") || args.includes("-h")
  const code = help ? undefined : await hot()
  return code ?? (await import("./full.ts")).run(process.argv.slice(2))
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.exitCode = failed(error, args.includes("--json"))
    if (process.env["SM_DEBUG"] !== undefined && error instanceof Error) complain(error.stack ?? "")
  }
)
