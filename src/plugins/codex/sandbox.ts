/**
 * Which sandbox an agent gets. Codex falls back to read-only where it does not know the directory, and read-only cuts off
 * loopback: `sm send` from the agent's own shell would be refused. So a spawn chooses workspace-write, with the network,
 * unless the spawn or the user's own config.toml has chosen.
 */
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import { codexHome } from "./home.ts"

const MODES = ["read-only", "workspace-write", "danger-full-access"]
const CHOSEN = /^\s*(sandbox_mode|default_permissions)\s*=/mu

/** Flags for `--permission-mode`: approval policies and sandbox modes share it; their values do not overlap. */
export const permissionFlags = (
  mode: string | undefined,
  env: Readonly<Record<string, string>>
): Effect.Effect<ReadonlyArray<string>> =>
  Effect.promise(async () => {
    if (mode !== undefined && MODES.includes(mode)) return ["-s", mode]
    const config = await readFile(join(codexHome(env), "config.toml"), "utf8").catch(() => "")
    const sandbox = CHOSEN.test(config) ? [] : ["-s", "workspace-write"]
    return mode === undefined ? sandbox : [...sandbox, "-a", mode]
  })
