/** Streams as data: declared at every start, so that a store that lost its metadata finds its messages again. */
import type { StreamConfig } from "@nats-io/jetstream"
import { nanos } from "@nats-io/transport-node"
import { DEDUPE_MS, FACTS_MS } from "./Broker.ts"
import type { Subjects } from "./Subject.ts"

const DAY = 86_400_000

export interface Declaration {
  readonly purpose: string
  readonly config: Partial<StreamConfig> & { readonly name: string; readonly subjects: Array<string> }
}

/** The version is raised when an existing stream must be treated differently; streams note it in their metadata. */
export const TOPOLOGY_VERSION = "1"

const base = {
  storage: "file",
  allow_direct: true,
  metadata: { "sm.topology": TOPOLOGY_VERSION }
} as const

export const names = (space: string) => {
  const prefix = space === "main" ? "SM" : `SM_${space.replaceAll(/[^A-Za-z0-9_-]/gu, "_")}`
  return {
    mail: `${prefix}_MAIL`,
    events: `${prefix}_EVENTS`,
    dead: `${prefix}_DEAD`,
    state: `${prefix}_STATE`,
    cards: `${prefix}_CARDS`,
    texts: `${prefix}_TEXTS`
  }
}
export type Names = ReturnType<typeof names>

export const topology = (subject: Subjects, name: Names): ReadonlyArray<Declaration> => [
  {
    purpose: "mail to actors and their timers; a work queue: settled mail is deleted",
    config: {
      ...base,
      name: name.mail,
      subjects: [subject.allMail, subject.allTimers],
      retention: "workqueue",
      allow_msg_schedules: true,
      allow_msg_ttl: true,
      duplicate_window: nanos(DEDUPE_MS)
    }
  },
  {
    purpose: "public facts, kept fourteen days and republished live",
    config: {
      ...base,
      name: name.events,
      subjects: [subject.allEvents],
      max_age: nanos(FACTS_MS),
      duplicate_window: nanos(DEDUPE_MS),
      republish: { src: subject.allEvents, dest: `${subject.live}.>` }
    }
  },
  {
    purpose: "dead letters, kept thirty days",
    config: {
      ...base,
      name: name.dead,
      subjects: [subject.allDead],
      max_age: nanos(30 * DAY),
      duplicate_window: nanos(DEDUPE_MS)
    }
  },
  {
    purpose: "commits of actors, the newest of each",
    config: { ...base, name: name.state, subjects: [subject.allStates], max_msgs_per_subject: 1 }
  },
  {
    purpose: "public cards of sessions and hosts, the newest of each; those of sessions are republished live",
    config: {
      ...base,
      name: name.cards,
      subjects: [subject.allCards],
      max_msgs_per_subject: 1,
      republish: { src: subject.cardsUnder("session."), dest: `${subject.live}.card.session.>` }
    }
  },
  {
    purpose: "texts of messages and answers, kept thirty days",
    config: {
      ...base,
      name: name.texts,
      subjects: [subject.allTexts],
      max_msgs_per_subject: 1,
      max_age: nanos(30 * DAY)
    }
  }
]
