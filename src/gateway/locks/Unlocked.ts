/** A write that went without a lock, where the configuration lets it go: a person is told. */
import { Schema } from "effect"
import { ref } from "../../actors/ActorRef.ts"
import { Monitor } from "../../actors/monitor/Monitor.ts"
import { type HostId, SessionId } from "../../domain/Ids.ts"
import type { Notice } from "../../domain/Notice.ts"

export const Unlocked = Schema.Struct({
  at: Schema.Finite,
  /** None: an agent that sm did not spawn. */
  session: Schema.NullOr(SessionId),
  what: Schema.String,
  cwd: Schema.String,
  why: Schema.String
})

/** Once for each of them, in each directory and minute. */
export const tellUnlocked = (
  { at, cwd, session, what, why }: typeof Unlocked.Type,
  name: string | null,
  host: HostId
) => {
  const minute = Math.floor(at / 60_000)
  const notice: Notice = {
    cause: `locks unlocked ${session ?? "guest"} ${minute} ${cwd}`,
    kind: "locks",
    severity: "attention",
    host,
    session,
    name,
    text: `${name ?? "an agent that sm did not start"} wrote in ${cwd} without a lock (${what}), for ${why}`,
    at
  }
  return ref(Monitor, host, host).tell("Saw", notice, { id: `unlocked ${notice.cause}` })
}
