/** `sm setup`: what a person may edit, written to where they find it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Option } from "clipanion"
import { home } from "../home.ts"
import { Misuse } from "../Misuse.ts"
import { done } from "../Output.ts"
import { beside } from "../Package.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

const code = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error)

/** False when there was one already, which is kept. */
const put = (path: string, text: string, overwrite: boolean): boolean => {
  try {
    if (!overwrite && existsSync(path)) return false
    mkdirSync(home.config, { recursive: true, mode: 0o700 })
    writeFileSync(path, text)
    return true
  } catch (error) {
    throw new Misuse(`${path} cannot be written: ${code(error)}`, "SM_HOME names a directory of your choice")
  }
}

export class Setup extends SmCommand {
  static override paths = pathsOf("setup")
  static override usage = usageOf("setup", {
    details:
      "Copies the shipped dispatch templates to dispatch_templates.yaml in the configuration directory. A file that is there already is kept.",
    examples: [["Back to what is shipped", "sm setup --overwrite"]]
  })
  overwrite = Option.Boolean("--overwrite", false, { description: "replace what is there" })

  override async execute() {
    const path = join(home.config, "dispatch_templates.yaml")
    const written = put(path, readFileSync(beside("../templates/dispatch.yaml"), "utf8"), this.overwrite)
    return done(
      { path, written },
      this.json,
      written ? `wrote ${path}` : `${path} is there already and was left as it is; sm setup --overwrite replaces it`
    )
  }
}
