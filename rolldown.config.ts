/** Two bundles: the command line as split CommonJS, because that starts fastest, and the daemon as one ES module. */
import { readdirSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { defineConfig, type Plugin } from "rolldown"

/** clipanion touches the terminal's streams and `tty` when it is loaded, which costs 15 ms and serves no command of ours. */
const leanClipanion: Plugin = {
  name: "lean-clipanion",
  resolveId: {
    filter: { id: /^\.\.\/platform$/u },
    handler: (_, importer = "") => join(dirname(importer), "../platform/browser.mjs")
  },
  transform: {
    filter: { id: /clipanion\/lib\/advanced\/Cli\.m?js$/u },
    handler: (code) => {
      const lean = code.replaceAll(/(stdin|stdout|stderr): process\.\1,/gu, "$1: undefined,")
      if (lean === code) throw new Error("clipanion has changed: see that it still starts lean")
      return lean
    }
  }
}

/** Chunks of earlier builds, for the names change with the content. Last, so that running commands find theirs. */
const withoutOldChunks: Plugin = {
  name: "without-old-chunks",
  writeBundle: ({ dir = "" }, bundle) => {
    for (const name of readdirSync(dir)) if (name.endsWith(".cjs") && !(name in bundle)) rmSync(join(dir, name))
  }
}

export default defineConfig([
  {
    input: { sm: "cli/sm.ts" },
    platform: "node",
    plugins: [leanClipanion, withoutOldChunks],
    output: {
      dir: "dist",
      format: "cjs",
      entryFileNames: "[name].cjs",
      chunkFileNames: "[name]-[hash].cjs",
      minify: true
    }
  },
  {
    input: { daemon: "src/daemon.ts" },
    platform: "node",
    output: { dir: "dist", format: "esm", entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" }
  }
])
