/** Verbs of a team: who orchestrates, what each says of its work, and when that is done. */
import { Duration, Effect, Option, Schema } from "effect"
import { ref } from "../actors/ActorRef.ts"
import { Session } from "../actors/session/Session.ts"
import { Directory } from "../broker/Directory.ts"
import { enrolmentUnder } from "../domain/Enrolment.ts"
import { SessionName } from "../domain/Ids.ts"
import type { Sender } from "../domain/Message.ts"
import { Rules } from "../domain/Policy.ts"
import type { SessionCard } from "../domain/Session.ts"
import { type Input, type Output, Refusal } from "./Api.ts"
import { type Caller, find, own, senderOf } from "./Caller.ts"
import { name as rename } from "./SessionVerbs.ts"

const readName = Schema.decodeUnknownOption(SessionName)

const sessionOf = (card: SessionCard) => ref(Session, card.host, card.id)
const meant = (word: string | undefined, caller: Caller) => (word === undefined ? own(caller) : find(word, caller))
const oneLine = (text: string): string => text.replaceAll(/\s+/gu, " ").trim()

export const setStatus = ({ text }: Input<"setStatus">, caller: Caller) =>
  Effect.gen(function* () {
    const me = yield* own(caller)
    return yield* sessionOf(me).ask("SetStatus", { by: senderOf(caller), text: oneLine(text) })
  })

export const setTask = ({ session, text }: Input<"setTask">, caller: Caller) =>
  Effect.gen(function* () {
    const target = yield* meant(session, caller)
    if (text === undefined) return target
    return yield* sessionOf(target).ask("SetTask", { by: senderOf(caller), text: oneLine(text) })
  })

export const taskComplete = ({ note, session }: Input<"taskComplete">, caller: Caller) =>
  Effect.gen(function* () {
    const target = yield* meant(session, caller)
    const said = note === undefined || note.trim() === "" ? null : note.trim()
    const { again, later, told } = yield* sessionOf(target).ask("TaskComplete", { by: senderOf(caller), note: said })
    const directory = yield* Directory
    // A parent may be known by its id alone.
    const cards = new Map((yield* directory.all).map((card) => [String(card.id), card.name]))
    const named = (name: string) => cards.get(name) ?? name
    return { again, told: told.map(named), later: later.map(named) } satisfies Output<"taskComplete">
  })

export const turnComplete = ({ session }: Input<"turnComplete">, caller: Caller) =>
  Effect.gen(function* () {
    const target = yield* meant(session, caller)
    return yield* sessionOf(target).ask("TurnComplete", { by: senderOf(caller) })
  })

/** `em`, `em-<suffix>`; whoever is an EM already keeps its name unless another one is asked for. */
const nameOf = (suffix: string | undefined, me: SessionCard): Option.Option<SessionName> => {
  if (suffix === undefined) return me.em ? Option.some(me.name) : readName("em")
  return readName(suffix === "em" || suffix.startsWith("em-") ? suffix : `em-${suffix}`)
}

/** How long the directory may take to show what has been committed. */
const SHOWN = Duration.seconds(2)

export const em = (input: Input<"em">, caller: Caller) =>
  Effect.gen(function* () {
    const me = yield* own(caller)
    const named = nameOf(input.name, me)
    if (Option.isNone(named)) {
      return yield* new Refusal({
        code: "invalid",
        message: `em-${input.name} is no name for a session: 1-32 letters, digits, _ or -`,
        hint: "sm em epic-987"
      })
    }
    const name = named.value
    if (name !== me.name) {
      yield* Effect.mapError(rename({ name }, caller), (error) =>
        error._tag === "Refusal" && error.code === "name-taken"
          ? new Refusal({ code: error.code, message: error.message, hint: "choose another: sm em <name>" })
          : error
      )
    }
    const by: Sender = { kind: "session", id: me.id, host: me.host, name }
    const enrolment = enrolmentUnder(by, yield* Rules)
    const { critical, every, warning } = enrolment
    yield* sessionOf(me).ask("MarkEm", { by, warning, critical })
    const directory = yield* Directory
    const children = (yield* directory.all).filter((card) => card.parentId === me.id && card.state !== "stopped")
    const enrolled = yield* Effect.forEach(
      children,
      (child) =>
        Effect.match(sessionOf(child).ask("Enrol", { by, ...enrolment }), {
          onFailure: (error) => ({ ok: false, text: `${child.name} (${child.id}): not enrolled: ${error.message}` }),
          onSuccess: () => ({ ok: true, text: `${child.name} (${child.id}): enrolled, context watched` })
        }),
      { concurrency: 8 }
    )
    // Whoever is spawned next must be seen to have an EM for a parent.
    yield* Effect.timeoutOption(
      directory.until(me.id, (card) => card.em && card.name === name),
      SHOWN
    )
    const steps = [
      { ok: true, text: `name: ${name} (${me.id})` },
      { ok: true, text: `context: warnings at ${warning} % and ${critical} %` },
      {
        ok: true,
        text: `children: a digest every ${every / 1000} s while one works; new ones are enrolled by themselves`
      },
      ...enrolled
    ]
    return { id: me.id, name, steps } satisfies Output<"em">
  })
