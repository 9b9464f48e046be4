/** `notices` and `dismissNotices`: what a person should know now, of every host. */
import { Duration, Effect } from "effect"
import { ref } from "../actors/ActorRef.ts"
import { Monitor } from "../actors/monitor/Monitor.ts"
import { Directory } from "../broker/Directory.ts"
import type { HostId } from "../domain/Ids.ts"
import { rankOf } from "../domain/Notice.ts"
import type { Input, Output } from "./Api.ts"

const monitorOf = (host: HostId) => ref(Monitor, host, host)

/** A host that does not answer is left out, and named. */
const PATIENCE = Duration.seconds(2)

export const notices = ({ session }: Input<"notices">, here: HostId) =>
  Effect.gen(function* () {
    const directory = yield* Directory
    const hosts = [...new Set([here, ...(yield* directory.all).map(({ host }) => host)])]
    const answers = yield* Effect.forEach(
      hosts,
      (host) =>
        monitorOf(host)
          .ask("Describe", {}, { timeout: PATIENCE })
          .pipe(
            Effect.map((open) => ({ open, silent: [] as ReadonlyArray<HostId> })),
            Effect.catchTag("AskTimeout", () => Effect.succeed({ open: [], silent: [host] }))
          ),
      { concurrency: 8 }
    )
    return {
      notices: answers
        .flatMap(({ open }) => open)
        .filter((notice) => session === undefined || notice.session === session || notice.name === session)
        .sort((one, two) => rankOf(two.severity) - rankOf(one.severity) || one.at - two.at),
      silent: answers.flatMap(({ silent }) => silent)
    } satisfies Output<"notices">
  })

/** What is still so is not told again: it has been. */
export const dismissNotices = (input: Input<"dismissNotices">, here: HostId) =>
  Effect.gen(function* () {
    const seen = yield* notices(input, here)
    yield* Effect.forEach(seen.notices, ({ cause, host }) =>
      monitorOf(host).ask("Over", { causes: cause, why: "dismissed by the person" })
    )
    return seen
  })
