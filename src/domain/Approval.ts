/** A question that an agent may not answer itself: kept until someone does, or its time is over. */
import { Schema } from "effect"
import { HostId, SessionId } from "./Ids.ts"

/** `a` and seven base-36 digits. */
export const ApprovalId = Schema.String.check(
  Schema.isPattern(/^a[0-9a-z]{7}$/u, { message: "an approval's id is `a` and 7 letters or digits" })
).pipe(Schema.brand("ApprovalId"))
export type ApprovalId = typeof ApprovalId.Type

/**
 * answered-in-pane: at the agent's own dialog. expired: its time is over, the dialog stands. void: the question went away
 * (clear, stop, death).
 */
export const Outcome = Schema.Literals(["allowed", "denied", "answered-in-pane", "expired", "void"])

export const Approval = Schema.Struct({
  id: ApprovalId,
  session: SessionId,
  host: HostId,
  /** The session's name then. */
  name: Schema.String,
  role: Schema.NullOr(Schema.String),
  /** hook: the agent's own hook waits for the answer. screen: only its dialog does, and keys answer it. */
  from: Schema.Literals(["hook", "screen"]),
  /** permission: yes or no. question: the agent asks for words, which only the pane takes. */
  kind: Schema.Literals(["permission", "question"]),
  tool: Schema.String,
  /** What the tool would do, one line. */
  detail: Schema.String,
  /**
   * The very thing that rules are compared with: the whole command, the path, the address, else the input as JSON. None where
   * only the screen told, for a screen shows cut text, and where it is longer than anybody would write a rule for.
   */
  subject: Schema.NullOr(Schema.String),
  workingDir: Schema.String,
  /** The git directory that all worktrees of the repository share; none outside of one, or where only the screen told. */
  repo: Schema.NullOr(Schema.String),
  /** Unix ms. */
  at: Schema.Finite,
  /** Reminders of it so far. */
  escalations: Schema.Int,
  outcome: Schema.NullOr(
    Schema.Struct({
      what: Outcome,
      /** `human`, `rule 3 (allow …)`, `config.yaml (allow …)`, or what made it void. */
      by: Schema.String,
      reason: Schema.NullOr(Schema.String),
      at: Schema.Finite
    })
  )
})
export type Approval = typeof Approval.Type

/** FNV-1a, both halves: 49 bits are enough for seven base-36 digits. */
const hash = (text: string): number => {
  let [one, two] = [0x811c9dc5, 0xcbf29ce4]
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    one = Math.imul(one ^ code, 0x01000193) >>> 0
    two = Math.imul(two ^ code, 0x01000197) >>> 0
  }
  return (one * 0x1_0000 + (two & 0xffff)) % 36 ** 7
}

/** The id follows from the report that asked: told twice, it is the same approval, and its hook finds it again. */
export const approvalIdOf = (report: string): ApprovalId =>
  ApprovalId.make(`a${hash(report).toString(36).padStart(7, "0")}`)

/** "ann (1a2b3c4d): Bash: npm test", for a sentence. */
export const describeApproval = ({
  detail,
  name,
  session,
  tool
}: Pick<Approval, "detail" | "name" | "session" | "tool">): string => `${name} (${session}): ${tool}: ${detail}`
