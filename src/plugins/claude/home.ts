/** Where Claude Code keeps its configuration, its registry of processes and its transcripts. */
import { homedir } from "node:os"
import { join } from "node:path"

export const claudeHome = (env: Readonly<Record<string, string>>): string =>
  env["CLAUDE_CONFIG_DIR"] || join(env["HOME"] || homedir(), ".claude")
