/** Whom a word means: an id, an unambiguous prefix of one, a name, `parent`, `em`, `@role`, `human`. Pure. */
import { Schema } from "effect"
import { RoleAddress, RoleName, type SessionId } from "../domain/Ids.ts"
import { perhaps } from "../domain/Near.ts"
import { isLive, type SessionCard } from "../domain/Session.ts"
import { Refusal } from "./Api.ts"

/** Shortest prefix of an id that may stand for it. */
const PREFIX = 4

type Cards = ReadonlyArray<SessionCard>

/** Whoever a message may go to. */
export type Addressee =
  | { readonly kind: "session"; readonly id: SessionId; readonly name: string; readonly card: SessionCard }
  | { readonly kind: "role"; readonly id: RoleAddress; readonly name: string; readonly role: RoleName }
  | { readonly kind: "human"; readonly id: "human"; readonly name: string }

const isRole = Schema.is(RoleName)

/** The work queue that `@word` means. */
const roleOf = (word: string): Addressee | Refusal => {
  const role = word.slice(1)
  return isRole(role)
    ? { kind: "role", id: RoleAddress.make(word), name: word, role }
    : new Refusal({
        code: "invalid",
        message: `${word} is no role: @ and 1-32 letters, digits, _ or -`,
        hint: "sm send @engineer …, or @human for the person"
      })
}

/** The nearest of its ancestors that orchestrates. */
const emAbove = (cards: Cards, session: SessionCard, seen: ReadonlyArray<string> = []): SessionCard | undefined => {
  const parent = cards.find(({ id }) => id === session.parentId)
  if (parent === undefined || seen.includes(parent.id)) return undefined
  return parent.em ? parent : emAbove(cards, parent, [...seen, parent.id])
}

/** Whoever orchestrates, for this caller; none when nobody does. */
const emOf = (cards: Cards, caller: SessionCard | undefined): SessionCard | Refusal | undefined => {
  const above = caller === undefined ? undefined : emAbove(cards, caller)
  if (above !== undefined) return above
  const ems = cards.filter(({ em, id, state }) => em && isLive(state) && id !== caller?.id)
  if (ems.length < 2) return ems[0]
  return new Refusal({
    code: "ambiguous",
    message: `there are ${ems.length} EMs: ${ems.map(({ id, name }) => `${name} (${id})`).join(", ")}`,
    hint: "name the one you mean"
  })
}

/** Whom a word means: one of a role, the person, or a session. */
export const resolve = (word: string, cards: Cards, caller: SessionCard | undefined): Addressee | Refusal => {
  if (word === "human" || word === "@human") return { kind: "human", id: "human", name: "human" }
  if (word.startsWith("@")) return roleOf(word)
  const card = sessionOf(word, cards, caller)
  return card instanceof Refusal ? card : { kind: "session", id: card.id, name: card.name, card }
}

/** Live sessions win over ended ones of the same name; of several ended ones the newest is meant. */
export const sessionOf = (word: string, cards: Cards, caller: SessionCard | undefined): SessionCard | Refusal => {
  if (word === "parent") {
    const parent = cards.find((card) => card.id === caller?.parentId)
    return (
      parent ??
      new Refusal({
        code: "not-found",
        message: "you have no parent session",
        hint: "sm list shows the sessions there are"
      })
    )
  }
  const em = word === "em" ? emOf(cards, caller) : undefined
  if (em !== undefined) return em
  const exact = cards.find((card) => card.id === word)
  if (exact !== undefined) return exact
  const named = cards.filter((card) => card.name === word)
  const live = named.find((card) => isLive(card.state)) ?? named.at(-1)
  if (live !== undefined) return live
  const prefixed = word.length >= PREFIX ? cards.filter((card) => card.id.startsWith(word)) : []
  if (prefixed.length === 1 && prefixed[0] !== undefined) return prefixed[0]
  if (prefixed.length > 1) {
    return new Refusal({
      code: "ambiguous",
      message: `${word} begins ${prefixed.length} ids: ${prefixed.map((card) => card.id).join(", ")}`,
      hint: "type more of the id"
    })
  }
  if (word === "em") {
    return new Refusal({
      code: "not-found",
      message: "nobody orchestrates: there is no EM",
      hint: "sm em, run by an agent, makes it one"
    })
  }
  const names = cards.filter((card) => isLive(card.state)).map((card) => card.name)
  return new Refusal({
    code: "not-found",
    message: `there is no session ${word}${perhaps(word, names)}`,
    hint: "sm list shows the sessions there are"
  })
}
