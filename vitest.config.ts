/** Tests run two files at a time: most of them wait for real servers, terminals and agents, on two cores. */
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    maxWorkers: 2,
    globalSetup: ["test/support/OneRoot.ts"],
    // Its ES modules import a folder, which node itself refuses.
    server: { deps: { inline: ["clipanion"] } },
    // A machine with much else to do is no failure; what waits for an event says itself how long.
    testTimeout: 180_000,
    hookTimeout: 180_000
  }
})
