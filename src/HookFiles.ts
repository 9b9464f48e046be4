/** What hooks of agents find while the daemon is there, and what it leaves them for the time that it is not. */
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { keep } from "./broker/server/KeptFile.ts"
import * as Trust from "./broker/server/Trust.ts"
import { HookRules, hookRulesOf, type LockPolicy } from "./domain/LockPolicy.ts"
import * as HookDoor from "./gateway/hooks/HookDoor.ts"
import type { Home } from "./Home.ts"

const encode = Schema.encodeSync(Schema.fromJsonString(HookRules))

/** The rules beside `broker.json`; and the door for hooks over HTTP, where it is wanted. */
export const layOut = Effect.fnUntraced(function* (home: Home, policy: LockPolicy) {
  yield* keep(join(home.run, "locks.json"), encode(hookRulesOf(policy)))
  return policy.http ? yield* HookDoor.open(home, Trust.writePrivate) : undefined
})
