/** Hands a job to a session: its context is cleared, then it is told, in one step that a retry does not repeat. */
import { Effect, Option } from "effect"
import { ref } from "../../actors/ActorRef.ts"
import { Session } from "../../actors/session/Session.ts"
import { Roster } from "../../agents/Roster.ts"
import { makeMessageId, MessageId } from "../../domain/Ids.ts"
import type { Letter } from "../../domain/Letter.ts"
import { Rules } from "../../domain/Policy.ts"
import type { SessionCard } from "../../domain/Session.ts"
import { type Input, Refusal } from "../Api.ts"
import type { Sent } from "../Messages.ts"
import { type Caller, senderOf } from "../Caller.ts"
import { makeLetter, sentBefore } from "../MessageVerbs.ts"

export interface Job {
  readonly target: SessionCard
  readonly role: string
  /** In a few words. */
  readonly task: string
  readonly text: string
}

type Wishes = Pick<Input<"dispatch">, "clear" | "messageId" | "mode" | "notifyOnStop">

/** The clear that belongs to a message: the same at each try. */
const clearOf = (id: MessageId): MessageId => {
  const last = Number.parseInt(id.slice(-1), 36)
  return MessageId.make(`${id.slice(0, -1)}${((last + 1) % 36).toString(36)}`)
}

const cannotClear = ({ name, provider }: SessionCard) =>
  new Refusal({
    code: "wrong-state",
    message: `${provider} has no command that clears its context`,
    hint: `--no-clear sends the job without; or sm kill ${name} and spawn a new one`
  })

/** Both wait for the agent as `mode` says; neither is done when one of them is refused. */
export const assign = ({ role, target, task, text }: Job, wishes: Wishes, caller: Caller) =>
  Effect.gen(function* () {
    const { clear: clears = true, messageId, mode = "sequential", notifyOnStop: stop = true } = wishes
    const roster = yield* Roster
    const adapter = Option.getOrUndefined(yield* roster.find(target.provider))
    if (clears && adapter?.capabilities.clears !== true) return yield* cannotClear(target)
    const id = messageId ?? (yield* makeMessageId)
    const made = yield* makeLetter(caller, text, { messageId: id, mode })
    const before = messageId === undefined ? Option.none() : yield* sentBefore(made, target)
    if (Option.isSome(before)) return before.value
    const { remindHard, remindSoft, wake } = yield* Rules
    const letter: Letter = {
      ...made,
      kind: "message",
      order: { role, task, soft: remindSoft * 1000, hard: remindHard * 1000, wake: wake * 1000 },
      ...(caller.card === undefined ? {} : { notify: { delivery: false, stop } })
    }
    const session = ref(Session, target.host, target.id)
    const clear: Letter = { ...made, id: clearOf(id), kind: "clear", bytes: 0 }
    const taken = yield* clears
      ? session.ask("Clear", { by: senderOf(caller), clear, next: letter })
      : mode === "urgent"
        ? session.ask("AcceptUrgent", letter)
        : session.ask("Accept", letter)
    return {
      messageId: id,
      to: { id: target.id, name: taken.name },
      state: taken.state,
      target: taken.target
    } satisfies typeof Sent.Type
  })
