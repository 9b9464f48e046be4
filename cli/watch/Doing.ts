/** What a wish asks of the daemon, and what came of it in one line. */
import { ask } from "../Client.ts"
import { makeMessageId } from "../MakeId.ts"
import type { Failure, Reply } from "../Reply.ts"
import { Unreachable } from "../Unreachable.ts"
import type { Wish } from "./Ui.ts"

export interface Outcome {
  readonly text: string
  readonly bad: boolean
}

/** The wishes that the daemon fulfils. */
export type Asking = Exclude<Wish, { readonly type: "attach" | "quit" | "suspend" | "redraw" }>

interface Request {
  readonly verb: string
  readonly input: unknown
  readonly done: (data: unknown) => string
  readonly repeatable?: true
}

const sentLine = (data: unknown): string => {
  const [first] = data as ReadonlyArray<{
    readonly to: { readonly name: string }
    readonly state?: string
    readonly target?: string
    readonly note?: string
    readonly error?: Failure
  }>
  if (first === undefined) return "sent"
  if (first.error !== undefined) return `not sent to ${first.to.name}: ${first.error.message}`
  return `sent to ${first.to.name}, ${first.target}${first.note === undefined ? "" : `: ${first.note}`}`
}

const requestOf = (wish: Asking): Request => {
  if (wish.type === "send") {
    const { how: mode, text, to } = wish
    // The id makes asking again the same message.
    return {
      verb: "send",
      input: { to: to.id, text, mode, messageId: makeMessageId() },
      done: sentLine,
      repeatable: true
    }
  }
  if (wish.type === "approve") {
    const { always, approval } = wish
    return {
      verb: "approve",
      input: { id: approval.id, ...(always ? { always } : {}) },
      done: (data) => {
        const { rule = null } = data as { readonly rule?: unknown }
        return `allowed ${approval.name}${rule === null ? "" : ", and from now on"}: ${approval.tool} ${approval.detail}`
      }
    }
  }
  if (wish.type === "deny") {
    const { approval, reason } = wish
    return {
      verb: "deny",
      input: { id: approval.id, ...(reason === "" ? {} : { reason }) },
      done: () => `denied ${approval.name}: ${approval.tool} ${approval.detail}`
    }
  }
  if (wish.type === "unlock") {
    const { path, workspace } = wish.lease
    return {
      verb: "unlock",
      input: { cwd: workspace, ...(path === null ? {} : { path }), force: true },
      done: (data) =>
        (data as ReadonlyArray<unknown>).length === 0
          ? "there was nothing to release any more"
          : `taken from ${wish.who.name}`
    }
  }
  const { id, name } = wish.who
  return {
    verb: wish.type,
    input: { session: id },
    done: () => `${wish.type === "kill" ? "killed" : "restored"} ${name}`
  }
}

const whyNot = ({ hint, message }: Failure): string => (hint === "" ? message : `${message} (${hint})`)

export const fulfil = async (wish: Asking): Promise<Outcome> => {
  const { done, input, repeatable, verb } = requestOf(wish)
  try {
    const reply: Reply = await ask(verb, input, repeatable === undefined ? {} : { repeatable })
    return reply.ok ? { text: done(reply.data), bad: false } : { text: whyNot(reply.error), bad: true }
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    const perhaps = error.sent && repeatable === undefined ? "; it may have been done all the same" : ""
    return { text: `${error.message}${perhaps}`, bad: true }
  }
}
