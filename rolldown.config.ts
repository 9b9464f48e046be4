/** Two bundles: the command line as split CommonJS, because that starts fastest, and the daemon as one ES module. */
import { defineConfig } from "rolldown"

export default defineConfig([
  {
    input: { sm: "cli/sm.ts" },
    platform: "node",
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
