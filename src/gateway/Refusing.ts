/** Any failure behind a verb as a refusal that the caller can act on. */
import type { ActorCrashed, AskTimeout } from "../actors/ActorRef.ts"
import type { NotAllowed, NotNow } from "../actors/session/Session.ts"
import type { BrokerError } from "../broker/Broker.ts"
import type { TerminalError } from "../terminal/Terminal.ts"
import { Refusal } from "./Api.ts"

export type Failure = Refusal | NotNow | NotAllowed | BrokerError | TerminalError | AskTimeout | ActorCrashed

export const refusalOf = (error: Failure): Refusal => {
  switch (error._tag) {
    case "Refusal":
      return error
    case "NotNow":
      return new Refusal({ code: "wrong-state", message: error.reason, hint: error.hint })
    case "NotAllowed":
      return new Refusal({ code: "not-allowed", message: error.reason, hint: error.hint })
    case "BrokerError":
      return new Refusal({
        code: "unavailable",
        message: error.message,
        hint: "the broker restarts by itself: try again, or sm doctor"
      })
    case "TerminalError":
      return new Refusal({ code: "unavailable", message: error.message, hint: "sm doctor" })
    case "AskTimeout":
      return new Refusal({
        code: "timeout",
        message: error.message,
        hint: "what was asked is stored and will be done; look again with sm list"
      })
    case "ActorCrashed":
      return new Refusal({
        code: "internal",
        message: error.message,
        hint: "sm dead-letters shows what could not be handled"
      })
  }
}
