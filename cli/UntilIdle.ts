/** Waits until a session is idle or gone, also over restarts of the daemon and of the broker. */
import { ask } from "./Client.ts"
import { done, refusal } from "./Output.ts"
import type { Reply } from "./Reply.ts"
import { Unreachable } from "./Unreachable.ts"
import type { Card } from "./view/Sessions.ts"

/** One question lasts so long, ms: that the daemon died meanwhile is noticed soon after. */
const SLICE = 2000
/** An answer may be so late, ms. */
const SLACK = 1500
/** A daemon that does not come back in this time, ms, will not. */
const PATIENCE = 120_000
const PAUSE = 300

interface Answer {
  readonly outcome: "idle" | "gone" | "active"
  readonly session: Card
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export const untilIdle = async (word: string, timeout: number, json: boolean): Promise<number> => {
  const began = Date.now()
  const left = () => Math.max(0, began + timeout - Date.now())
  const waited = () => `${Math.round((Date.now() - began) / 1000)}s`
  /** A name may come to mean another session meanwhile. */
  let session = word
  let answered: number | undefined
  for (;;) {
    // The first is answered at once: whether there is such a session, and a daemon.
    const timeoutMs = answered === undefined ? 0 : Math.min(SLICE, left())
    let reply: Reply
    try {
      const options = answered === undefined ? { repeatable: true } : { deadline: timeoutMs + SLACK, patience: 0 }
      reply = await ask("awaitIdle", { session, timeoutMs }, options)
    } catch (error) {
      const again = error instanceof Unreachable && answered !== undefined && Date.now() - answered < PATIENCE
      if (!again || left() === 0) throw error
      await pause(Math.min(PAUSE, left()))
      continue
    }
    if (!reply.ok) return refusal(reply.error, json)
    const { outcome, session: card } = reply.data as Answer
    session = card.id
    answered = Date.now()
    if (outcome === "idle") return done({ outcome, session: card }, json, `${card.name} is idle (waited ${waited()})`)
    if (outcome === "gone") {
      const message = `${card.name} no longer exists (${card.state}${card.detail === "" ? "" : `: ${card.detail}`})`
      return refusal({ code: "wrong-state", message, hint: `sm restore ${card.name}` }, json)
    }
    if (left() === 0) {
      const message = `${card.name} still active after ${waited()} (${card.state})`
      return refusal({ code: "timeout", message, hint: `sm output ${card.name} shows what it does` }, json)
    }
  }
}
