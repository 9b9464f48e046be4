/** Takes a lease, and waits for it by event where another has it. */
import { Clock, Duration, Effect, PubSub } from "effect"
import { ref } from "../../actors/ActorRef.ts"
import { SWARM } from "../../actors/ActorSystem.ts"
import { Locks, type Standing } from "../../actors/locks/Locks.ts"
import { holderName, type Lease, placeText, type Waiting } from "../../domain/Lock.ts"
import { span } from "../../domain/Span.ts"
import { Refusal } from "../Refusal.ts"
import { Feed } from "../Feed.ts"

export const locks = ref(Locks, SWARM, "main")

type Request = (typeof Locks)["messages"]["Acquire"]["payload"]["Type"]

/** How it stands with the request after at most `patience` ms. It stays in line: the same ticket asks again. */
export const acquire = (request: Request, patience: number) =>
  Effect.gen(function* () {
    const feed = yield* Feed
    const news = yield* feed.subscribe
    const ask = locks.ask("Acquire", request)
    const first = yield* ask
    if (first._tag !== "Waits") return first
    const moved = Effect.gen(function* () {
      for (;;) {
        const { event } = yield* PubSub.take(news)
        const done = event._tag === "LeaseGranted" || event._tag === "LeaseEnded"
        if (done && event.id === request.ticket) return yield* ask
      }
    })
    return yield* Effect.timeoutOrElse(moved, {
      duration: Duration.millis(patience),
      orElse: () => Effect.succeed<Standing>(first)
    })
  }).pipe(Effect.scoped)

export const giveUp = (ticket: Lease["ticket"], why: string) => locks.ask("GiveUp", { ticket, why })

/** Reasons are read by other agents and in terminals: no line of its own, nothing that moves a cursor. */
export const inOneLine = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim()

/** "eng (1a2b3c4d) has had src/** in /repo for 3m (refactoring), until its turn ends". */
export const heldText = (held: Lease | Waiting, now: number): string => {
  const { holder, reason, since } = held
  const what = "fence" in held ? "has had" : "has waited before you for"
  const end = holder._tag === "Session" ? "until its turn ends" : `${span(held.until - now)} more at most`
  const until = "fence" in held ? `, ${end}` : ""
  return `${holderName(holder)} ${what} ${placeText(held)} for ${span(now - since)} (${reason})${until}`
}

/** What somebody else has is refused with who, why, since when, and what to do. */
export const heldRefusal = (by: ReadonlyArray<Lease | Waiting>, code: "wrong-state" | "timeout", hint: string) =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const message = inOneLine(by.map((held) => heldText(held, now)).join("; ")) || "another has it"
    return yield* new Refusal({ code, message, hint })
  })
