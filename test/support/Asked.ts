/** What an agent asks leave for, as a test needs it. */
import { type Approval, ApprovalId } from "../../src/domain/Approval.ts"
import { HostId, SessionId } from "../../src/domain/Ids.ts"

export const approvalId = (letter: string) => ApprovalId.make(letter.padStart(8, "a0000000"))

/** `npm test` of a session, by its hook, at the beginning of time; `more` says what is otherwise. */
export const askedFor = (more: Partial<Approval>): Approval => ({
  id: approvalId("0"),
  session: SessionId.make("0a1b2c3d"),
  host: HostId.make("h"),
  name: "x",
  role: null,
  from: "hook",
  kind: "permission",
  tool: "Bash",
  detail: "npm test",
  subject: "npm test",
  workingDir: "/w",
  repo: null,
  at: 0,
  escalations: 0,
  outcome: null,
  ...more
})
