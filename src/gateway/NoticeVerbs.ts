/** `notices` and `dismissNotices`: what a person should know now, of every host. */
import { Duration, Effect } from "effect"
import { ref } from "../actors/ActorRef.ts"
import { Monitor } from "../actors/monitor/Monitor.ts"
import { Directory } from "../broker/Directory.ts"
import type { HostId } from "../domain/Ids.ts"
import { type Notice, rankOf } from "../domain/Notice.ts"
import { type Input, type Output, Refusal } from "./Api.ts"
import { sessionOf } from "./Recipients.ts"

const monitorOf = (host: HostId) => ref(Monitor, host, host)

/** A host that does not answer is left out, and named. */
const PATIENCE = Duration.seconds(2)

const isOf = ({ name, session }: Notice, words: ReadonlyArray<string | undefined>): boolean =>
  [session, name].some((word) => word !== null && words.includes(word))

export const notices = ({ session }: Input<"notices">, here: HostId) =>
  Effect.gen(function* () {
    const directory = yield* Directory
    const cards = yield* directory.all
    const hosts = [...new Set([here, ...cards.map(({ host }) => host)])]
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
    const meant = session === undefined ? undefined : sessionOf(session, cards, undefined)
    const words = [session, meant instanceof Refusal ? undefined : meant?.id]
    const shown = answers
      .flatMap(({ open }) => open)
      .filter((notice) => session === undefined || isOf(notice, words))
      .sort((one, two) => rankOf(two.severity) - rankOf(one.severity) || one.at - two.at)
    // Nothing to tell of nobody would look as if all were well.
    if (meant instanceof Refusal && shown.length === 0) return yield* meant
    return {
      notices: shown,
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
