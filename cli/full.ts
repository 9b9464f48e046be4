/** All commands under the full parser. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Builtins, Cli, type CommandClass } from "clipanion"
import { Clear, Kill, Name, Restore, Send, Spawn } from "./commands/life.ts"
import { DeadLetters, Doctor, Down, Up } from "./commands/operate.ts"
import { Attach, Children, List, OutputCommand, Tail, Trace } from "./commands/see.ts"
import { Me, Status } from "./commands/self.ts"
import { ExitCode } from "./ExitCode.ts"
import { complain } from "./Output.ts"
import type { SmContext } from "./SmCommand.ts"

export const commands: ReadonlyArray<CommandClass<SmContext>> = [
  Up,
  Down,
  Doctor,
  DeadLetters,
  Spawn,
  Send,
  Trace,
  OutputCommand,
  Tail,
  Children,
  List,
  Attach,
  Kill,
  Restore,
  Clear,
  Name,
  Me,
  Status
]

export const makeCli = (): Cli<SmContext> => {
  const { version } = JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8")) as {
    readonly version: string
  }
  const cli = new Cli<SmContext>({
    binaryName: "sm",
    binaryLabel: "sm: teams of coding agents, and messages that arrive",
    binaryVersion: version,
    enableColors: process.stdout.isTTY
  })
  for (const command of [Builtins.HelpCommand, Builtins.VersionCommand, ...commands]) cli.register(command)
  return cli
}

/** A command line that cannot be read exits 2. */
export const run = async (args: ReadonlyArray<string>): Promise<number> => {
  const cli = makeCli()
  const dashes = args[0] === "spawn" ? args.indexOf("--") : -1
  const afterDashes = dashes < 0 ? [] : args.slice(dashes + 1)
  const given = dashes < 0 ? args : args.slice(0, dashes)
  const words = given[0] === "help" ? [...given.slice(1), "--help"] : given
  if (words.length === 0) {
    process.stdout.write(cli.usage())
    return ExitCode.ok
  }
  try {
    cli.process([...words], { ...Cli.defaultContext, afterDashes })
  } catch (error) {
    complain(cli.error(error).trimEnd())
    return ExitCode.misuse
  }
  return cli.run([...words], { ...Cli.defaultContext, afterDashes })
}
