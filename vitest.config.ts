/** Tests run one file at a time: they start real servers and terminals on two cores. */
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    fileParallelism: false,
    globalSetup: ["test/support/OneRoot.ts"],
    // Its ES modules import a folder, which node itself refuses.
    server: { deps: { inline: ["clipanion"] } },
    testTimeout: 60_000,
    hookTimeout: 180_000
  }
})
