/** Cards, questions, notices and leases as tests want them. */
import { Schema } from "effect"
import { Approval } from "../../../src/domain/Approval.ts"
import { Lease, Waiting } from "../../../src/domain/Lock.ts"
import { Notice } from "../../../src/domain/Notice.ts"
import { SessionCard } from "../../../src/domain/Session.ts"

const decodeCard = Schema.decodeUnknownSync(SessionCard)
const decodeApproval = Schema.decodeUnknownSync(Approval)
const decodeNotice = Schema.decodeUnknownSync(Notice)
const decodeLease = Schema.decodeUnknownSync(Lease)
const decodeWaiting = Schema.decodeUnknownSync(Waiting)

/** Everything in these tests happens about then, Unix ms. */
export const NOW = 1_800_000_000_000
export const idOf = (number: number): string => number.toString(16).padStart(8, "0")

export const card = (number: number, name: string, more: object = {}): SessionCard =>
  decodeCard({
    v: 1,
    id: idOf(number),
    name,
    provider: "claude",
    state: "idle",
    detail: "",
    parentId: null,
    workingDir: "/work/app",
    host: "here",
    model: null,
    agentSessionId: null,
    transcript: null,
    context: null,
    queued: 0,
    createdAt: NOW - 1_000_000 + number,
    since: NOW - 60_000,
    stoppedAt: null,
    ...more
  })

export const approval = (id: string, number: number, name: string, more: object = {}): Approval =>
  decodeApproval({
    id,
    session: idOf(number),
    host: "here",
    name,
    role: null,
    from: "hook",
    kind: "permission",
    tool: "Bash",
    detail: "npm test",
    subject: null,
    workingDir: "/work/app",
    repo: null,
    at: NOW - 12_000,
    escalations: 0,
    outcome: null,
    ...more
  })

export const notice = (cause: string, text: string, more: object = {}): Notice =>
  decodeNotice({
    cause,
    kind: "idle",
    severity: "attention",
    host: "here",
    session: null,
    name: null,
    text,
    at: NOW - 30_000,
    ...more
  })

const scoped = (number: number, name: string) => ({
  host: "here",
  workspace: "/work/app",
  path: null,
  holder: { _tag: "Session", id: idOf(number), host: "here", name, epoch: 0 },
  reason: "writing",
  since: NOW - 5000,
  until: NOW + 60_000,
  ttl: 60_000,
  auto: true,
  asked: NOW - 5000
})
export const lease = (ticket: string, number: number, name: string, more: object = {}): Lease =>
  decodeLease({ ticket, fence: 7, ...scoped(number, name), ...more })
export const waiting = (ticket: string, number: number, name: string, more: object = {}): Waiting =>
  decodeWaiting({ ticket, narrow: null, ...scoped(number, name), ...more })
