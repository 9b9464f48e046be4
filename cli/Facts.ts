/** What happens in the swarm, live: the broker republishes every fact and every card, and every credential may listen. */
import { endpoint } from "./Client.ts"
import { subscribe } from "./MiniNats.ts"

/** The part of `domain/Event.ts` that is looked at here. */
export interface Fact {
  readonly _tag: string
  readonly phase?: string
  readonly detail?: string
  readonly reason?: string
}

interface Hearing {
  /** From now on nothing is missed; what was before must be asked for. Comes again after every reconnection. */
  readonly ready: () => void
  readonly heard: (body: string) => void
  /** The broker is gone; it is tried again. */
  readonly lost: () => void
}
interface Listening extends Omit<Hearing, "heard"> {
  readonly fact: (fact: Fact) => void
}

/** None for what is no fact: an agent can have an answer of the daemon's sent to this subject, though nothing else. */
const read = (body: string): Fact | undefined => {
  try {
    const { event } = JSON.parse(body) as { readonly event?: Partial<Fact> }
    return typeof event?._tag === "string" ? { ...event, _tag: event._tag } : undefined
  } catch {
    return undefined
  }
}

/** Between attempts, ms: a broker that restarts is back within a second; one that refuses is not asked for ever so often. */
const AGAIN = 200
const RARELY = 5000

/** Listens to the subjects below `below` over restarts of the broker, until the answer is called. */
export const hearAll = (below: string, { heard, lost, ready }: Hearing): (() => void) => {
  let end = (): void => {}
  let over = false
  let pause = AGAIN
  const again = (): void => {
    if (over) return
    lost()
    setTimeout(open, pause)
    pause = Math.min(pause * 2, RARELY)
  }
  const open = (): void => {
    if (over) return
    try {
      const { space, ...at } = endpoint()
      const root = space === "main" ? "sm.evt" : `sm.${space}.evt`
      end = subscribe(at, `${root}.${below}`, {
        ready: () => {
          pause = AGAIN
          ready()
        },
        heard,
        lost: again
      })
    } catch {
      // The file that says where the broker is cannot be read just now.
      again()
    }
  }
  open()
  return () => {
    over = true
    end()
  }
}

/** Facts about one session. */
export const hear = (session: string, { fact, lost, ready }: Listening): (() => void) =>
  hearAll(`session.${session}.*`, {
    ready,
    heard: (body) => {
      const heard = read(body)
      if (heard !== undefined) fact(heard)
    },
    lost
  })
