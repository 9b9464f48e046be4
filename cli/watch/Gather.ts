/** The lists of which the dashboard is made, asked once; what this daemon or this caller may not tell is left out. */
import type { Approval } from "../../src/domain/Approval.ts"
import type { Lease, Waiting } from "../../src/domain/Lock.ts"
import type { Notice } from "../../src/domain/Notice.ts"
import type { SessionCard } from "../../src/domain/Session.ts"
import { ask } from "../Client.ts"
import type { Failure, Reply } from "../Reply.ts"
import type { Did, Known } from "./Known.ts"

const REPEATABLE = { repeatable: true }

/** None: refused. An agent may not see what is for the person, and an older daemon does not know every verb. */
const allowed = async (verb: string, input: unknown): Promise<unknown> => {
  const reply = await ask(verb, input, REPEATABLE)
  return reply.ok ? reply.data : undefined
}

/** Messages to the person that are unread; 0 for an agent, whose they are not. */
export const unreadNow = async (): Promise<number> => {
  const found = (await allowed("inbox", {})) as { readonly unread: number } | undefined
  return found?.unread ?? 0
}

/** All but the sessions. */
export const sideLists = async (): Promise<
  Pick<Known, "approvals" | "leases" | "notices" | "silent" | "unread" | "waiting">
> => {
  const [approvals, notices, locks, unread] = await Promise.all([
    allowed("approvals", {}) as Promise<{ readonly open: ReadonlyArray<Approval> } | undefined>,
    allowed("notices", {}) as Promise<
      { readonly notices: ReadonlyArray<Notice>; readonly silent: ReadonlyArray<string> } | undefined
    >,
    allowed("locks", {}) as Promise<
      { readonly leases: ReadonlyArray<Lease>; readonly waiting: ReadonlyArray<Waiting> } | undefined
    >,
    unreadNow()
  ])
  return {
    approvals: approvals?.open ?? [],
    notices: notices?.notices ?? [],
    silent: notices?.silent ?? [],
    leases: locks?.leases ?? [],
    waiting: locks?.waiting ?? [],
    unread
  }
}

export const sessionsNow = async (): Promise<ReadonlyArray<SessionCard> | Failure> => {
  const reply: Reply = await ask("list", {}, REPEATABLE)
  return reply.ok ? (reply.data as ReadonlyArray<SessionCard>) : reply.error
}

/** None: it has done nothing yet, or is gone. */
export const lastAction = async (session: string): Promise<Did | undefined> => {
  const found = (await allowed("tail", { session, count: 1 })) as { readonly actions: ReadonlyArray<Did> } | undefined
  return found?.actions.at(-1)
}

/** Does one thing for each, some at a time. */
export const each = async <T>(all: ReadonlyArray<T>, atOnce: number, run: (one: T) => Promise<void>): Promise<void> => {
  const queue = [...all]
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await run(next)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
