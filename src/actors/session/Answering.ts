/**
 * Presses the keys of an answer that the agent's hook did not wait for, and finds dialogs of which no hook tells. Only the
 * dialog of that very question is answered, when it has stood for a moment and nobody types.
 */
import { Effect } from "effect"
import type { AgentAdapter } from "../../agents/Agent.ts"
import type { Dialog } from "../../agents/Asking.ts"
import type { Approval } from "../../domain/Approval.ts"
import { type PaneId, Terminal, type TerminalError } from "../../terminal/Terminal.ts"
import { awaits } from "./Asking.ts"
import type { Sight } from "./Sight.ts"
import type { Report } from "./SessionReactor.ts"
import type { State } from "./State.ts"

/** Ms for which a dialog must stand before a key is pressed: one that has just opened loses keys. */
const SETTLED = 600
/** Ms for which the waiting hook may take to hand the answer over: after a restart of the daemon it asks within five seconds. */
const HANDED = 7000
/** Ms after which a key that changed nothing was lost. */
const LOST = 3000
/** Ms for which the agent's hook may take to tell of a dialog that stands already. */
const TOLD = 5000
/** Steps towards an answer, of which each should have changed the screen. */
const MOST = 6
/** Ms after which a dialog that is not recognised is a person's. */
const STRANGE = 15_000
/** Ms between two looks while a person types. */
const LOOK = 1000

type Asked = State["asking"][number]

/** A dialog that only the screen tells of has no other name than what it shows. */
const isAbout = (dialog: Dialog, asked: Asked): boolean =>
  asked.from === "screen" ? dialog.tool === asked.tool && dialog.detail === asked.detail : dialog.about(asked)

const allowedBy = ({ outcome }: Pick<Approval, "outcome">): boolean | undefined =>
  outcome?.what === "allowed" ? true : outcome?.what === "denied" ? false : undefined

export interface Answering {
  readonly needsSight: (state: State, now: number) => boolean
  readonly due: (state: State, now: number) => number | undefined
  /** Answers in how many ms to look again although nothing moves. */
  readonly follow: (
    state: State,
    adapter: AgentAdapter,
    pane: PaneId,
    sight: Sight,
    now: number
  ) => Effect.Effect<number | undefined, TerminalError, Terminal>
}

export const makeAnswering = (report: Report): Answering => {
  let shown: { readonly key: string; readonly since: number } | undefined
  let pressing: { readonly id: string; readonly at: number; readonly presses: number } | undefined
  let again: number | undefined
  const stuck = new Set<string>()
  /** What was known at the last look. */
  let looked = ""

  const signature = ({ asking, phase }: State): string =>
    JSON.stringify([phase, asking.map(({ id, outcome }) => [id, outcome?.at ?? 0])])
  const wanted = (state: State): boolean =>
    (awaits(state) && signature(state) !== looked) || (state.phase === "waiting-permission" && again !== undefined)

  const give = (id: string, why: string): undefined => {
    if (!stuck.has(id)) report("AnswerStuck", { id: id as Approval["id"], why })
    stuck.add(id)
    return undefined
  }

  /** What stands there cannot be told to be what was answered. */
  const strange = ({ asking }: State, now: number): number | undefined => {
    const waits = asking.find((other) => allowedBy(other) !== undefined)
    if (waits === undefined) return undefined
    const due = (waits.outcome?.at ?? 0) + STRANGE
    return due > now ? due - now : give(waits.id, "its dialog is not the one that stands there")
  }

  const press = Effect.fnUntraced(function* (
    asked: Asked,
    dialog: Dialog,
    adapter: AgentAdapter,
    pane: PaneId,
    sight: Sight,
    now: number
  ) {
    const { id, outcome } = asked
    const strokes = allowedBy(asked) === true ? dialog.approve : dialog.deny
    if (strokes === undefined) return give(id, "its dialog takes words")
    const before = pressing?.id === id ? pressing : undefined
    if ((before?.presses ?? 0) >= MOST) return give(id, "its dialog takes no keys")
    // A dialog that comes only behind its hook says that nobody waits any more.
    const beside = asked.from === "hook" && adapter.asking?.dialog !== "after"
    const handed = beside ? (outcome?.at ?? 0) + HANDED : 0
    const due = Math.max((shown?.since ?? now) + SETTLED, handed, before === undefined ? 0 : before.at + LOST)
    if (due > now) return due - now
    if (sight.humanActive) return LOOK
    const terminal = yield* Terminal
    pressing = { id, at: now, presses: (before?.presses ?? 0) + 1 }
    report("AnswerPressed", { id })
    yield* terminal.type(pane, strokes)
    return LOST
  })

  const follow = Effect.fnUntraced(function* (
    state: State,
    adapter: AgentAdapter,
    pane: PaneId,
    sight: Sight,
    now: number
  ) {
    const { dialog } = sight
    if (sight.observation.activity !== "dialog" || state.phase !== "waiting-permission") {
      shown = undefined
      return undefined
    }
    if (dialog === undefined) return strange(state, now)
    const key = JSON.stringify([dialog.tool, dialog.detail, dialog.approve])
    if (shown?.key !== key) shown = { key, since: now }
    const { since } = shown
    if (state.asking.length === 0) {
      const told = since + (adapter.asking === undefined ? SETTLED : TOLD)
      if (told > now) return told - now
      const { detail, kind, tool } = dialog
      report("DialogStands", { detail, kind, tool })
      return undefined
    }
    const meant = state.asking.filter((asked) => isAbout(dialog, asked))
    const [asked] = meant
    // Of two that look alike nobody can say which one stands here, unless both have the same answer.
    if (asked !== undefined && meant.every((other) => allowedBy(other) === allowedBy(asked)))
      return allowedBy(asked) === undefined ? undefined : yield* press(asked, dialog, adapter, pane, sight, now)
    return meant.length > 0 ? undefined : strange(state, now)
  })

  return {
    needsSight: (state, now) => wanted(state) && now >= (again ?? 0),
    due: (state, now) => (wanted(state) ? Math.max(1, (again ?? now) - now) : undefined),
    follow: (state, adapter, pane, sight, now) =>
      Effect.map(follow(state, adapter, pane, sight, now), (ms) => {
        looked = signature(state)
        again = ms === undefined ? undefined : now + ms
        return ms
      })
  }
}
