/** `sm tail --follow`: asks for the actions whenever a fact about the session is heard, and prints what is new. */
import { ask } from "./Client.ts"
import { ExitCode } from "./ExitCode.ts"
import { hear } from "./Facts.ts"
import { print, refusal } from "./Output.ts"
import type { Failure } from "./Reply.ts"
import { type Action, actionLine } from "./view/Actions.ts"
import type { Card } from "./view/Sessions.ts"

/** How long a daemon may be away before this gives up, ms. */
const PATIENCE = 60_000
/** The daemon keeps no more. */
const MOST = 100
/** There is a fact for the beginning of an action, none for its end: while one runs this looks again, ms. */
const GLANCE = 1000
/** What a shell says of a program ended by Ctrl-C. */
const INTERRUPTED = 130

interface News {
  readonly name: string
  readonly session: string
  readonly actions: ReadonlyArray<Action>
}
interface Turn {
  readonly type: "crashed" | "stopped"
  readonly reason: string
}

/** An action is shown when it begins and when it has ended. */
const key = ({ at, took, tool }: Action): string => `${at} ${tool} ${took === null}`

/** A latch: any number of news while nobody looks are one. */
const latch = () => {
  let fresh = true
  let wake = (): void => {}
  return {
    ring: (): void => {
      fresh = true
      wake()
    },
    next: async (): Promise<void> => {
      while (!fresh) await new Promise<void>((resolve) => (wake = resolve))
      fresh = false
    }
  }
}

export const followActions = async (word: string, count: number, json: boolean): Promise<number> => {
  process.once("SIGINT", () => process.exit(INTERRUPTED))
  const { next, ring } = latch()
  const turns: Array<Turn> = []
  let look = false
  let stop = (): void => {}
  let session: string | undefined
  let shown: ReadonlySet<string> | undefined

  const listen = (id: string): void => {
    session = id
    stop = hear(id, {
      ready: () => {
        look = true
        ring()
      },
      fact: ({ _tag, detail = "", phase, reason = "" }) => {
        if (_tag === "SessionStopped") turns.push({ type: "stopped", reason })
        if (_tag === "SessionPhaseChanged" && phase === "crashed") turns.push({ type: "crashed", reason: detail })
        ring()
      },
      lost: ring
    })
  }

  /** It may have been stopped while nobody listened. */
  const missed = async (id: string): Promise<Failure | undefined> => {
    look = false
    const reply = await ask("list", { all: true }, { repeatable: true, patience: PATIENCE })
    if (!reply.ok) return reply.error
    const card = (reply.data as ReadonlyArray<Card>).find((other) => other.id === id)
    if (card?.state === "stopped") turns.push({ type: "stopped", reason: card.detail })
    return undefined
  }

  /** False when nobody reads any more. */
  const tell = (name: string, turn: Turn): boolean =>
    print(json ? JSON.stringify(turn) : `${name} has ${turn.type}${turn.reason === "" ? "" : `: ${turn.reason}`}`)

  try {
    for (;;) {
      await next()
      if (look && session !== undefined) {
        const error = await missed(session)
        if (error !== undefined) return refusal(error, json)
      }
      const told = turns.splice(0)
      const input = { session: session ?? word, count: MOST }
      const reply = await ask("tail", input, { repeatable: true, patience: PATIENCE })
      if (!reply.ok) return refusal(reply.error, json)
      const { actions, name, session: id } = reply.data as News
      const before = shown
      const fresh = before === undefined ? actions.slice(-count) : actions.filter((action) => !before.has(key(action)))
      for (const action of fresh)
        if (!print(json ? JSON.stringify({ type: "action", ...action }) : actionLine(action))) return ExitCode.ok
      shown = new Set(actions.map(key))
      if (actions.at(-1)?.took === null) setTimeout(ring, GLANCE)
      for (const turn of told) if (!tell(name, turn) || turn.type === "stopped") return ExitCode.ok
      if (session === undefined) listen(id)
    }
  } finally {
    stop()
  }
}
