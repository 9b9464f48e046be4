/** A letter's text as the agent reads it: framed, and without the control characters that never reach a pane. */
import { Effect, Option } from "effect"
import { Broker } from "../../broker/Broker.ts"
import { frame, joined } from "../../domain/Message.ts"
import { sanitise } from "../../terminal/Terminal.ts"
import { persist } from "../Persist.ts"
import type { Letter } from "../../domain/Letter.ts"

/** A person's words and the agent's own commands stand in no frame: they are known again by the very words. */
export const isBare = ({ from, kind }: Letter): boolean => kind === "control" || from.kind === "human"

/** None when its text is lost. What is typed, looked for in a prompt or in a transcript must be the same text. */
export const wordingOf = (letter: Letter): Effect.Effect<Option.Option<string>, never, Broker> =>
  Effect.map(
    textOf(letter.id),
    Option.map((text) => sanitise(isBare(letter) ? text : frame({ ...letter, text })))
  )

/** Several letters as one prompt; none when any text is lost. */
export const promptOf = (letters: ReadonlyArray<Letter>): Effect.Effect<Option.Option<string>, never, Broker> =>
  Effect.map(Effect.forEach(letters, wordingOf), (texts) => Option.map(Option.all(texts), joined))

/** A message's text as it was sent. */
export const textOf = (id: Letter["id"]): Effect.Effect<Option.Option<string>, never, Broker> =>
  Effect.flatMap(Broker, (broker) => persist(`text ${id}`, broker.getText(id)))
