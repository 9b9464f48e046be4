/** Records the screens of the real agents into test/screens: `node scripts/record-screens.ts [claude|codex] [scene…]`. */
import { Effect, Exit, Cause } from "effect"
import { scenes as claude } from "../test/support/screens/claudeScenes.ts"
import { starts } from "../test/support/screens/claudeStarts.ts"
import { scenes as codex } from "../test/support/screens/codexScenes.ts"

const [, , agent, ...only] = process.argv
const all = { claude: { ...starts, ...claude }, codex }

const program = Effect.gen(function* () {
  for (const [kind, scenes] of Object.entries(all)) {
    if (agent !== undefined && agent !== kind) continue
    for (const [name, scene] of Object.entries(scenes)) {
      if (only.length > 0 && !only.includes(name)) continue
      const exit = yield* Effect.exit(scene)
      if (Exit.isFailure(exit)) yield* Effect.logError(`${kind}, scene ${name}: ${Cause.pretty(exit.cause)}`)
    }
  }
})

await Effect.runPromise(program)
