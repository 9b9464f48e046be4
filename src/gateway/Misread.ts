/** What is wrong with what was asked for, in one sentence that names the field, and where to read more. */
import { Schema, SchemaIssue } from "effect"
import { Refusal } from "./Api.ts"

/** Verbs that are another word on the command line. */
const COMMANDS: Readonly<Record<string, string>> = {
  approvalRules: "approvals rules",
  awaitAnswer: "hook",
  awaitIdle: "wait",
  cancelReminder: "remind",
  forgetApprovalRule: "approvals forget",
  makeApprovalRule: "approvals",
  deadLetters: "dead-letters",
  dismissNotices: "notices",
  giveUpLock: "lock",
  dropDeadLetter: "dead-letters drop",
  markRead: "inbox",
  monitor: "context-monitor",
  monitored: "context-monitor",
  replayDeadLetter: "dead-letters replay",
  reminders: "remind",
  removeWorktree: "worktree remove",
  restoreWorktree: "worktree restore",
  roles: "dispatch",
  setStatus: "status",
  setTask: "task",
  shutdown: "down",
  taskComplete: "task-complete",
  turnComplete: "turn-complete",
  unwatch: "wait",
  watch: "wait",
  worktrees: "worktree"
}

/** The command that asks this of the daemon. */
export const commandOf = (verb: string): string => COMMANDS[verb] ?? verb

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** `messageId`, `ids 2`: places of a list count from 1. */
const fieldOf = (path: ReadonlyArray<unknown>): string =>
  path.map((key) => (typeof key === "number" ? String(key + 1) : String(key))).join(" ")

/** The schema's own sentence where it has one; else the field, and what the schema says of it. */
const sentence = (error: Schema.SchemaError): string => {
  const [first] = format(error.issue).issues
  if (first === undefined) return error.message
  const message = first.message.replaceAll(/\s*\n\s*/gu, " ")
  const field = fieldOf((first.path ?? []).map((part) => (typeof part === "object" ? part.key : part)))
  if (!/^(?:Expected|Missing|Unexpected|Invalid)/u.test(message) || field === "") return message
  if (message === "Expected a value with a length of at least 1") return `${field} is empty`
  return `${field}: ${message.charAt(0).toLowerCase()}${message.slice(1)}`
}

export const misread = (verb: string, error: Schema.SchemaError): Refusal =>
  new Refusal({ code: "invalid", message: sentence(error), hint: `sm help ${commandOf(verb).split(" ")[0]}` })
