/** The only place where subjects are built or read. Every variable part is one token; odd bytes are escaped. */
import type { Address, Lane } from "./Broker.ts"

/** Letters, digits, `-` and `_` stand for themselves; every other UTF-8 byte becomes `=` and two hex digits. */
export const token = (text: string): string =>
  text === ""
    ? "="
    : [...Buffer.from(text)]
        .map((byte) => {
          const char = String.fromCharCode(byte)
          return /[A-Za-z0-9_-]/u.test(char) ? char : `=${byte.toString(16).padStart(2, "0")}`
        })
        .join("")

export const untoken = (text: string): string =>
  text === ""
    ? ""
    : text === "="
      ? ""
      : Buffer.from(
          text.replaceAll(/=([0-9a-f]{2})/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
          "latin1"
        ).toString("utf8")

/** A dotted key such as `session.1a2b3c4d`: its parts are tokens of their own, so that prefixes can be listed. */
const dotted = (key: string): string => key.split(".").map(token).join(".")
const undotted = (subject: string): string => subject.split(".").map(untoken).join(".")

const timerMark = "timer"

/** Subjects of one space: `main` in production; tests use a fresh one each, so that many systems share a server. */
export const subjects = (space: string) => {
  const root = `sm.${token(space)}`
  const place = ({ host, key, kind }: Address) => `${token(host)}.${token(kind)}.${token(key)}`
  return {
    root,
    mail: (to: Address, lane: Lane) => `${root}.mail.${place(to)}.${lane}`,
    mailOf: (to: Address) => `${root}.mail.${place(to)}.*`,
    mailOfHost: (host: string) => `${root}.mail.${token(host)}.>`,
    allMail: `${root}.mail.>`,
    /** Address and lane of a mail subject. */
    readMail: (subject: string): { readonly to: Address; readonly lane: string } => {
      const [host = "", kind = "", key = "", lane = ""] = subject.slice(root.length + ".mail.".length).split(".")
      return { to: { host: untoken(host), kind: untoken(kind), key: untoken(key) }, lane }
    },
    timer: (to: Address, name: string) => `${root}.${timerMark}.${place(to)}.${token(name)}`,
    allTimers: `${root}.${timerMark}.>`,
    event: (entity: string, id: string, tag: string) => `${root}.event.${token(entity)}.${token(id)}.${token(tag)}`,
    eventsOf: (entity: string, id: string) => `${root}.event.${token(entity)}.${token(id)}.*`,
    allEvents: `${root}.event.>`,
    readEvent: (subject: string) => {
      const [entity = "", id = "", tag = ""] = subject
        .slice(root.length + ".event.".length)
        .split(".")
        .map(untoken)
      return { entity, id, tag }
    },
    /** Where events are republished for agents and plugins to watch. */
    live: space === "main" ? "sm.evt" : `${root}.evt`,
    dead: (to: Address) => `${root}.dead.${place(to)}`,
    allDead: `${root}.dead.>`,
    state: (key: string) => `${root}.state.${dotted(key)}`,
    allStates: `${root}.state.>`,
    readState: (subject: string) => undotted(subject.slice(root.length + ".state.".length)),
    card: (key: string) => `${root}.card.${dotted(key)}`,
    /** `prefix` ends in a dot: `session.`. */
    cardsUnder: (prefix: string) => `${root}.card.${prefix === "" ? "" : `${dotted(prefix.replace(/\.$/u, ""))}.`}>`,
    allCards: `${root}.card.>`,
    readCard: (subject: string) => undotted(subject.slice(root.length + ".card.".length)),
    text: (key: string) => `${root}.text.${dotted(key)}`,
    allTexts: `${root}.text.>`,
    /** Requests of clients: `<requests>.<verb>.<caller>`. */
    requests: space === "main" ? "sm.rq" : `${root}.rq`,
    readRequest: (subject: string) => {
      const parts = subject.split(".")
      return { verb: untoken(parts.at(-2) ?? ""), caller: untoken(parts.at(-1) ?? "") }
    }
  }
}
export type Subjects = ReturnType<typeof subjects>
