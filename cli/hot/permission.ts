/**
 * A hook that has asked leave for a tool waits for the answer, through restarts of the daemon, for a little less than the
 * agent waits for the hook. Then, or when it is answered in the pane, it ends without a word and the agent's dialog decides.
 */
import { ask } from "../Client.ts"

/** ms; the hook itself may take 600 s (`plugins/sdk/launching.ts`). */
const PATIENCE = 590_000
/** One question to the daemon takes so long, ms, and a little more until it counts as lost: a restarted one is asked again. */
const SLICE = 4000
const LOST = 1000
const AGAIN = 500

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

interface Waiting {
  readonly say: string | null
  readonly over: boolean
}

/** Worth asking again: the daemon was away, or has not read the report yet. */
const passing: ReadonlyArray<string> = ["unavailable", "timeout", "internal"]

/** What to tell the agent; none when nobody answers. */
export const permission = async (report: {
  readonly id: string
  readonly at: number
  readonly event: string
  readonly session: string
}): Promise<string | undefined> => {
  const { at, event, id, session } = report
  for (let left = PATIENCE; left > 0; left = at + PATIENCE - Date.now()) {
    const input = { report: id, event, session, timeoutMs: Math.min(SLICE, left) }
    const reply = await ask("awaitAnswer", input, { repeatable: true, deadline: SLICE + LOST, patience: 0 }).catch(
      () => undefined
    )
    if (reply === undefined || (!reply.ok && passing.includes(reply.error.code))) {
      await wait(AGAIN)
      continue
    }
    if (!reply.ok) return undefined
    const { over, say } = reply.data as Waiting
    if (say !== null) return say
    if (over) return undefined
  }
  return undefined
}
