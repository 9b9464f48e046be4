/** Pure: the permissions that a session's agent asks for. What is over is told to whoever keeps them, once. */
import { approvalIdOf, describeApproval, type Approval } from "../../domain/Approval.ts"
import { HostId } from "../../domain/Ids.ts"
import { isLive } from "../../domain/Session.ts"
import { Approvals } from "../approvals/Approvals.ts"
import { SWARM } from "../ActorSystem.ts"
import { Monitor } from "../monitor/Monitor.ts"
import { noticeId } from "../NoticeId.ts"
import { Out, tell } from "../Out.ts"
import { ownLetter } from "../OwnLetter.ts"
import { andThen, enter, idOf, type Move, stay, tellWorld } from "./Move.ts"
import type { Reflex } from "./Reflex.ts"
import { Session } from "./Session.ts"
import type { State } from "./State.ts"

type Asked = State["asking"][number]
type Settled = "answered-in-pane" | "void"

/** Approvals known here that are remembered. */
const REMEMBERED = 50

const isOpen = ({ outcome }: Pick<Approval, "outcome">): boolean => outcome === null

/** Only what tells of the dialog, or of the end of the turn, tells that this is over: other work may go on beside it. */
export const awaits = ({ asking, phase }: State): boolean => phase === "waiting-permission" && asking.length > 0

const settle = (gone: ReadonlyArray<Asked>, what: Settled, why: string): ReadonlyArray<Out> => {
  const ids = gone.filter(isOpen).map(({ id }) => id)
  return ids.length === 0 ? [] : [tell(Approvals, SWARM, "main", "Settled", { ids, what, why })]
}

/** Of a turn or a context that is over, or of an agent that is gone. */
export const voided = (state: State, approval: Approval, why: string): Move => ({
  state,
  out: settle([{ ...approval, pressed: false }], "void", why)
})

const known = (state: State, approval: Approval): State => ({
  ...state,
  asked: [...state.asked, approval.id].slice(-REMEMBERED),
  asking: [...state.asking, { ...approval, pressed: false }]
})

/** The tool ran to its end after this was asked, though the word of the question came last. */
const ranSince = ({ actions }: State, { at, detail, tool }: Approval): boolean =>
  actions.some(
    (action) =>
      action.tool === tool &&
      action.detail === detail &&
      action.at <= at &&
      action.took !== null &&
      action.at + action.took >= at
  )

/** The agent asks. */
export const asked = (state: State, approval: Approval, now: number): Move => {
  if (state.asked.includes(approval.id)) return stay(state)
  if (ranSince(state, approval)) {
    return { state, out: settle([{ ...approval, pressed: false }], "answered-in-pane", "the tool has run") }
  }
  // The same dialog, which was seen before its hook was heard.
  const seen = state.asking.filter((other) => other.from === "screen" && approval.from === "hook" && isOpen(other))
  const next = known({ ...state, asking: state.asking.filter((other) => !seen.includes(other)) }, approval)
  const question = `${approval.tool}: ${approval.detail}`
  const move = andThen(enter(next, "waiting-permission", question.slice(0, 500), now), (last) =>
    tellWorld(last, { _tag: "PermissionAsked", id: idOf(last), question: question.slice(0, 2000) })
  )
  return { state: move.state, out: [...move.out, ...settle(seen, "void", `${approval.id} is the same`)] }
}

/** A dialog of which no hook tells. */
export const dialogStands = (
  state: State,
  { detail, kind, tool }: Pick<Approval, "detail" | "kind" | "tool">,
  now: number
): Move => {
  if (state.phase !== "waiting-permission" || state.asking.length > 0) return stay(state)
  const approval: Approval = {
    id: approvalIdOf(`${state.id} ${now} ${detail}`),
    session: idOf(state),
    host: HostId.make(state.host),
    name: state.name,
    role: state.role,
    from: "screen",
    kind,
    tool,
    detail,
    subject: null,
    workingDir: state.spec?.workingDir ?? "/",
    repo: null,
    at: now,
    escalations: 0,
    outcome: null
  }
  return { state: known(state, approval), out: [tell(Approvals, SWARM, "main", "Ask", { approval, verdict: null })] }
}

/** It has its answer, perhaps before the word of the question itself has come: then its hook waits, and hears it. */
export const decided = (state: State, approval: Approval, now: number): Move => {
  const { detail, id, outcome, tool } = approval
  if (outcome === null) return stay(state)
  if (!state.asking.some((other) => other.id === id)) {
    return stay(state.asked.includes(id) ? state : { ...state, asked: [...state.asked, id].slice(-REMEMBERED) })
  }
  const asking = state.asking.map((other) => (other.id === id ? { ...other, outcome } : other))
  const next = { ...state, asking }
  if (next.phase !== "waiting-permission" || asking.some(isOpen)) return stay(next)
  return enter(next, next.phase, `${outcome.what} by ${outcome.by}: ${tool}: ${detail}`.slice(0, 500), now)
}

/** A tool has run to its end, or failed: nobody waits for a word about it any more. The oldest of several is meant. */
export const ranToEnd = (state: State, tool: string, detail: string): Move => {
  const about = state.asking.filter((other) => other.tool === tool && other.detail === detail)
  const gone = about.find((other) => !isOpen(other)) ?? about[0]
  if (gone === undefined) return stay(state)
  const asking = state.asking.filter((other) => other !== gone)
  return { state: { ...state, asking }, out: settle([gone], "answered-in-pane", "the tool has run") }
}

export const pressed = (state: State, id: string): Move =>
  stay({ ...state, asking: state.asking.map((other) => (other.id === id ? { ...other, pressed: true } : other)) })

/** A person has answered, and the agent may not have it: they must look themselves. */
export const stuck = (state: State, id: string, why: string, now: number): Move => {
  const found = state.asking.find((other) => other.id === id)
  if (found === undefined) return stay(state)
  const { host, name } = state
  const notice = {
    cause: `answer ${id}`,
    kind: "permission",
    severity: "problem",
    host: HostId.make(host),
    session: idOf(state),
    name,
    text: `${found.outcome?.what ?? "answered"}, but ${why}: ${describeApproval(found)}; sm attach ${name}`,
    at: now
  } as const
  return { state, out: [tell(Monitor, host, host, "Saw", notice)] }
}

/** Keys carry no words: the agent reads them once it is ready. */
const explained = (state: State, gone: ReadonlyArray<Asked>, now: number): Move =>
  gone.reduce<Move>((move, { detail, id, outcome, pressed: byKeys, tool }) => {
    if (!byKeys || outcome?.what !== "denied" || outcome.reason === null) return move
    const text = `${tool}: ${detail}\nThis was denied by ${outcome.by}: ${outcome.reason}`
    const letter = ownLetter({ id: noticeId(outcome.at, `denied ${id}`), at: now, mode: "important" }, text)
    const posted = tell(Session, state.host, state.id, "Accept", letter)
    return { state: move.state, out: [...move.out, Out.cases.Text.make({ key: letter.id, text }), posted] }
  }, stay(state))

/** Why nothing that was asked before can be answered any more; none while it can. */
const end = (before: State, after: State): string | undefined => {
  if (after.epoch !== before.epoch) return "the agent's context was cleared"
  if (!isLive(after.phase)) return `the session is ${after.phase}`
  return after.launching !== null && before.launching === null ? "the agent is started anew" : undefined
}

/** What follows from a change: a question whose dialog has gone is over. */
export const asks: Reflex = (before, after, now) => {
  if (after.asking.length === 0) return stay(after)
  const why = end(before, after)
  if (why !== undefined) return { state: { ...after, asking: [] }, out: settle(after.asking, "void", why) }
  if (after.phase === "waiting-permission") return stay(after)
  const move = explained({ ...after, asking: [] }, after.asking, now)
  return { state: move.state, out: [...settle(after.asking, "answered-in-pane", "its dialog is gone"), ...move.out] }
}
