/** Pure: what would change a session's state, in words for a person. */
import type { AgentAdapter } from "../agents/Agent.ts"
import type { SessionPhase } from "../domain/Session.ts"
import type { Explained } from "./ExplainApi.ts"

type Outlook = Explained["next"]

/** What its kind reports, and seconds without a sign after which nothing is known. */
interface Basis {
  readonly capabilities: AgentAdapter["capabilities"]
  readonly unknownAfter: number
}

const to = (state: SessionPhase, ...whens: ReadonlyArray<string | undefined>): Outlook =>
  whens.flatMap((when) => (when === undefined ? [] : [{ when, state }]))

const ASKS = to("waiting-permission", "a question on its screen, or its hook of one")
const GONE = to("crashed", "the end of its process")
const END = to("stopped", "sm kill")

const lost = ({ unknownAfter }: Basis): Outlook =>
  to("unknown", `${unknownAfter} s without a hook, while neither its screen nor its own file tells anything`)
const works = ({ capabilities }: Basis): Outlook =>
  to(
    "working",
    capabilities.confirms ? "its hook of a prompt, or of a tool" : undefined,
    "a screen or a file of its own that stays at work"
  )
const rests = ({ capabilities }: Basis): Outlook =>
  to(
    "idle",
    capabilities.turns ? "its hook of the turn's end" : undefined,
    "a screen or a file of its own that stays at rest"
  )

const OUTLOOKS: Readonly<Record<SessionPhase, (basis: Basis) => Outlook>> = {
  starting: (basis) => [...to("idle", "its composer on the screen"), ...works(basis), ...ASKS, ...lost(basis), ...GONE],
  idle: (basis) => [
    ...works(basis),
    ...ASKS,
    ...to("human-composing", "words that a person leaves in its composer"),
    ...to("unknown", `a screen that changes and tells nothing for ${basis.unknownAfter} s`),
    ...GONE
  ],
  working: (basis) => [...rests(basis), ...ASKS, ...lost(basis), ...GONE],
  "waiting-permission": (basis) => [...works(basis), ...rests(basis), ...GONE],
  "human-composing": (basis) => [...to("idle", "an empty composer"), ...works(basis), ...ASKS, ...GONE],
  compacting: (basis) => [
    ...to("working", "its hook of the compaction's end, with a turn under way"),
    ...to("idle", "the same, with none"),
    ...lost(basis),
    ...GONE
  ],
  unknown: (basis) => [...works(basis), ...rests(basis), ...ASKS, ...GONE, ...END],
  crashed: () => to("starting", "sm restore"),
  stopped: () => to("starting", "sm restore")
}

export const outlook = (phase: SessionPhase, basis: Basis): Outlook => OUTLOOKS[phase](basis)
