/**
 * A write takes the lease of its workspace first, or waits for it: in short slices, so that whoever asks learns soon when
 * the daemon has died meanwhile. Asked again with the same id it is the same request.
 */
import { createHash } from "node:crypto"
import { dirname } from "node:path"
import { Clock, Effect } from "effect"
import type { Writes } from "../../agents/Agent.ts"
import type { HostId } from "../../domain/Ids.ts"
import { type Holder, holderName, type Lease, placeText, Ticket, type Waiting } from "../../domain/Lock.ts"
import { LockRules, whenDownOf } from "../../domain/LockPolicy.ts"
import { span } from "../../domain/Span.ts"
import { acquire, giveUp, inOneLine } from "./Acquiring.ts"
import { type Located, Locator } from "./Locating.ts"
import { tellUnlocked } from "./Unlocked.ts"

/** A question is answered after this at the latest, ms; asking again goes on with the wait. */
const SLICE = 5000
/** The request stands so much longer than its asker waits, ms: who gives it up knows then behind whom it stood. */
const GRACE = 3000

export interface Question {
  /** Of the hook's report: the same write is the same request. */
  readonly id: string
  /** When the agent began to wait, Unix ms. */
  readonly at: number
  readonly host: HostId
  readonly holder: Holder
  readonly writes: Writes
}

/** `again`: it still waits. `deny`: words for the agent. */
export type Verdict = { readonly go: true } | { readonly again: true } | { readonly deny: string }
const GO: Verdict = { go: true }

/** It follows from the report, so that asking again is the same request. */
const ticketOf = (id: string, place: number): Ticket => {
  const hash = createHash("sha256").update(`${id} ${place}`).digest()
  return Ticket.make(`l${hash.readBigUInt64BE(0).toString(36).padStart(15, "0").slice(-15)}`)
}

/** What several paths of a workspace have in common, as a glob. */
export const common = (paths: ReadonlyArray<string>): string | null => {
  const [first = "", ...others] = paths
  if (others.length === 0) return first
  const parts = first.split("/").slice(0, -1)
  const shared = parts.filter((_, index) =>
    others.every((path) => path.startsWith(`${parts.slice(0, index + 1).join("/")}/`))
  )
  return shared.length === 0 ? null : `${shared.join("/")}/**`
}

/** One request for each workspace, in the order of their names: two writes that need the same two never wait for each other. */
const wanted = (found: ReadonlyArray<Located>, whole: boolean) => {
  const places = new Map<string, ReadonlyArray<string | null>>()
  for (const { path, workspace } of found)
    if (workspace !== null) places.set(workspace, [...(places.get(workspace) ?? []), whole ? null : path])
  return [...places]
    .sort(([one], [two]) => (one < two ? -1 : 1))
    .map(([workspace, paths]) => {
      const inside = paths.flatMap((path) => (path === null ? [] : [path]))
      return { workspace, narrow: inside.length === paths.length ? common(inside) : null, inside }
    })
}

const clock = (at: number): string => `${new Date(at).toISOString().slice(11, 19)} UTC`
const UNSEEN =
  "Not written: the file's directory could not be looked at in time, so nobody knows which lock it needs. Try again; the disk may be slow or away."
const LATER = "Try again later; sm locks shows who has it."
const LET_GO = "Let go of what you hold (sm unlock, or end your turn), then try again."

/** Who holds it, why, since when, and what to do: the agent's next words follow from this. */
export const sentence = (
  workspace: string,
  behind: ReadonlyArray<Lease | Waiting>,
  now: number,
  waited: number
): string => {
  const [first] = behind
  if (first === undefined) return `Not written: ${workspace} is locked. ${LATER}`
  const { holder, reason, since } = first
  const held = "fence" in first ? "holds the lock on" : "waits before you for the lock on"
  const others = behind.length > 1 ? ` ${behind.length - 1} more stand before you.` : ""
  const time = waited > 0 ? ` You have waited ${span(waited)} for it.` : ""
  const end =
    holder._tag === "Session"
      ? "It ends with its turn."
      : `It ends in ${span(first.until - now)}, unless it is renewed.`
  const ask = holder._tag === "Session" ? ` Or ask: sm send ${holder.name} "<text>".` : ""
  return inOneLine(
    `Not written: ${holderName(holder)} ${held} ${placeText(first)} since ${clock(since)} (${span(now - since)}): ` +
      `${reason}.${others}${time} ${end} ${LATER}${ask} ` +
      `Or work in a worktree of your own: git worktree add ../<name> -b <branch>.`
  )
}

/** Of a path, in a reason. */
const SHOWN = 300

const word = ({ tool }: Writes, inside: ReadonlyArray<string>): string => {
  const [first] = inside
  if (first === undefined) return `runs ${tool}`
  return `writes ${inOneLine(first).slice(0, SHOWN)}${inside.length > 1 ? ` and ${inside.length - 1} more` : ""}`
}

/** Asks for all that the write needs; answers within a slice. */
export const permit = (question: Question) =>
  Effect.gen(function* () {
    const policy = yield* LockRules
    const { guest_ttl, ttl, wait: patient } = policy
    const { at, holder, host, id, writes } = question
    const locate = yield* Locator
    const found = yield* Effect.forEach(writes.paths, (path) => locate(path), { concurrency: 8 })
    const strict = whenDownOf(policy, holder._tag === "Guest" ? "guest" : "session") === "fail-closed"
    const unseen = writes.paths.filter((_, index) => found[index]?.known === false)
    if (strict && unseen.length > 0) return { deny: UNSEEN }
    const begun = yield* Clock.currentTimeMillis
    const end = at + patient * 1000
    const asks = { host, path: null, holder, ttl: (holder._tag === "Guest" ? guest_ttl : ttl) * 1000, auto: true, at }
    for (const [index, { inside, narrow, workspace }] of wanted(found, writes.whole).entries()) {
      const ticket = ticketOf(id, index)
      const now = yield* Clock.currentTimeMillis
      const wait = end > now ? end - now + GRACE : 0
      const request = { ...asks, ticket, workspace, narrow, reason: word(writes, inside), wait }
      const patience = Math.max(0, Math.min(end, begun + SLICE) - now)
      const standing = yield* acquire(request, patience).pipe(
        Effect.catchTags({
          Deadlock: ({ message }) => Effect.succeed({ deny: `Not written: ${message}. ${LET_GO}` }),
          LockHeld: ({ by }) => Effect.succeed({ deny: sentence(workspace, by, now, now - at) })
        })
      )
      if ("deny" in standing) return standing
      if (standing._tag === "Granted") continue
      if (standing._tag === "Over") return { deny: `Not written: no lock on ${workspace}: ${standing.why}. ${LATER}` }
      const later = yield* Clock.currentTimeMillis
      if (later < end) return { again: true } as const
      const last = yield* giveUp(ticket, "it was not free in the time given")
      if (last._tag !== "Granted") return { deny: sentence(workspace, standing.behind, later, later - at) }
    }
    const [hidden] = unseen
    if (hidden !== undefined) {
      const [session, name] = holder._tag === "Session" ? [holder.id, holder.name] : [null, null]
      const why = "its directory could not be looked at in time"
      yield* tellUnlocked({ at, session, what: `${writes.tool} ${hidden}`, cwd: dirname(hidden), why }, name, host)
    }
    return GO
  })
