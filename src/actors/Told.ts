/** Which facts of an old commit were told already: the broker no longer knows their ids again, and would take them twice. */
import { Clock, Effect, Option } from "effect"
import { Broker, type BrokerError, DEDUPE_MS, FACTS_MS } from "../broker/Broker.ts"
import type { Commit } from "./Commit.ts"
import { factOf } from "./Out.ts"

/** Places in `commit.out`. Facts of one subject are told in their order, so the newest that is stored speaks for all before it. */
export const told = Effect.fnUntraced(function* ({
  at,
  out
}: Commit): Effect.fn.Return<ReadonlySet<number>, BrokerError, Broker> {
  const broker = yield* Broker
  const age = (yield* Clock.currentTimeMillis) - at
  const facts = out.flatMap((promise, index) =>
    promise._tag === "Publish" ? [{ ...factOf(promise.event, at), index }] : []
  )
  // Half of it: the commit's clock may be another host's.
  if (age < DEDUPE_MS / 2) return new Set()
  // So old that the stream would have dropped them by now.
  if (age > FACTS_MS) return new Set(facts.map(({ index }) => index))
  const subjects = new Map(facts.map((fact) => [`${fact.entity}.${fact.id}.${fact.tag}`, fact]))
  const places = new Set<number>()
  for (const [subject, { entity, id, tag }] of subjects) {
    const newest = Option.getOrUndefined(yield* broker.lastFact(entity, id, tag))
    const same = facts.filter((fact) => `${fact.entity}.${fact.id}.${fact.tag}` === subject)
    const last = same.findLastIndex(({ body }) => body === newest?.body)
    for (const { index } of same.slice(0, last + 1)) places.add(index)
  }
  return places
})
