/** How much of everything a run does. */
export interface Plan {
  /** Pairs of processes per command. */
  readonly rounds: number
  /** Numbers of sessions at which delivery and idling are measured. */
  readonly sizes: ReadonlyArray<number>
  /** Messages per size. */
  readonly messages: number
  readonly burst: { readonly messages: number; readonly agents: number }
  /** Publishes and asks per broker row. */
  readonly publishes: number
  readonly sessions: number
  /** Numbers of sessions that are watched over. */
  readonly watched: ReadonlyArray<number>
  /** Ms over which idle processor time is counted. */
  readonly idle: number
  readonly reminders: number
  readonly starts: number
  /** Interruptions of each kind of agent at each kind of work. */
  readonly modes: number
  /** For one workspace. */
  readonly waiters: number
}

export const full: Plan = {
  rounds: 30,
  sizes: [1, 20, 100],
  messages: 100,
  burst: { messages: 200, agents: 10 },
  publishes: 2000,
  sessions: 100,
  watched: [1, 100, 500],
  idle: 30_000,
  reminders: 1000,
  starts: 7,
  modes: 5,
  waiters: 100
}

/** Everything once, in about a minute: to see that it works, not to quote. */
export const quick: Plan = {
  rounds: 4,
  sizes: [1, 4],
  messages: 5,
  burst: { messages: 20, agents: 4 },
  publishes: 200,
  sessions: 6,
  watched: [1, 4],
  idle: 2000,
  reminders: 50,
  starts: 2,
  modes: 1,
  waiters: 10
}
