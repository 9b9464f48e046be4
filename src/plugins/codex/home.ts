/** Where Codex keeps its configuration and its rollouts. */
import { homedir } from "node:os"
import { join } from "node:path"

export const codexHome = (env: Readonly<Record<string, string>>): string =>
  env["CODEX_HOME"] || join(env["HOME"] || homedir(), ".codex")
