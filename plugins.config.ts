/** The plugins that run by default. A file of this name in your configuration directory replaces this one. */
import type { Kit } from "./src/plugins/PluginLoader.ts"

export default ({ claude, codex, command, defineConfig }: Kit) =>
  defineConfig({
    plugins: [
      claude({}),
      codex({}),
      // A plain shell as an agent: what is sent to it is typed, and nothing confirms it.
      command({ kind: "shell", run: ["bash", "--norc"], ready: "[$#]$" })
    ]
  })
