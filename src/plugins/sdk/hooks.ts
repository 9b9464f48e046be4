/**
 * The hook protocol that Claude Code brought and Codex took over, as signals. Pure; fields are read leniently, for they
 * belong to other programs. Any program may report by it: `sm hook <kind> <event>` with JSON on standard input.
 */
import { resolve } from "node:path"
import { Option, Schema } from "effect"
import type { Signal } from "../../agents/Agent.ts"
import type { Ask } from "../../agents/Asking.ts"
import type { Say } from "../../agents/Door.ts"

const Text = Schema.optionalKey(Schema.NullOr(Schema.String))
const Payload = Schema.Struct({
  session_id: Text,
  transcript_path: Text,
  cwd: Text,
  prompt_id: Text,
  turn_id: Text,
  agent_id: Text,
  source: Text,
  prompt: Text,
  tool_name: Text,
  tool_input: Schema.optionalKey(Schema.Unknown),
  last_assistant_message: Text,
  background_tasks: Schema.optionalKey(Schema.Array(Schema.Struct({ type: Text }))),
  error: Text,
  error_details: Text,
  reason: Text
})
const decode = Schema.decodeUnknownOption(Payload)

/** Background work that wakes the agent when it is done. A shell left running (a server) does not keep it busy. */
const WAKING = ["subagent", "workflow"]

const SOURCES = ["startup", "resume", "clear", "compact"] as const

/** A paste is shown to the hook as it is shown to the model: wrapped. */
const unwrap = (prompt: string): string => prompt.replaceAll(/\n*<\/?pasted_content id="[^"]*">\n?/gu, "\n").trim()

/** Characters of that; what is cut says so. */
const SHOWN = 300
const cut = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text)

/** What a tool was asked to do, in one line. */
const describe = (input: unknown): string => {
  if (typeof input !== "object" || input === null) return ""
  const fields = input as Readonly<Record<string, unknown>>
  for (const name of ["command", "file_path", "path", "pattern", "url", "query", "description", "prompt"]) {
    const value = fields[name]
    if (typeof value === "string") return cut(value.replaceAll(/\s+/gu, " "))
  }
  return cut(JSON.stringify(input))
}

export const readHook = (event: string, payload: unknown): ReadonlyArray<Signal> => {
  const decoded = decode(payload)
  if (Option.isNone(decoded)) return []
  const fields = decoded.value
  const turn = fields.prompt_id ?? fields.turn_id ?? ""
  const tool = fields.tool_name ?? "?"
  const detail = describe(fields.tool_input)
  if (event === "PreToolUse") return [{ _tag: "ToolStarted", turn, tool, detail }]
  if (event === "PostToolUse") return [{ _tag: "ToolEnded", turn, tool, detail, failed: false }]
  if (event === "PostToolUseFailure") return [{ _tag: "ToolEnded", turn, tool, detail, failed: true }]
  if (event === "PermissionRequest") return [{ _tag: "PermissionAsked", turn, question: `${tool}: ${detail}` }]
  // A sub-agent's turns are not the session's; only its tools show.
  if (fields.agent_id != null) return []
  switch (event) {
    case "SessionStart":
      return [
        {
          _tag: "Started",
          ...(fields.session_id == null ? {} : { agentSessionId: fields.session_id }),
          ...(fields.transcript_path == null ? {} : { transcript: fields.transcript_path }),
          source: SOURCES.find((source) => source === fields.source) ?? "other"
        }
      ]
    case "UserPromptSubmit":
      return [{ _tag: "PromptSubmitted", turn, prompt: unwrap(fields.prompt ?? "") }]
    case "Stop":
      return [
        {
          _tag: "TurnEnded",
          turn,
          answer: fields.last_assistant_message ?? "",
          background: (fields.background_tasks ?? []).some(({ type }) => WAKING.includes(type ?? ""))
        }
      ]
    case "Interrupt":
      return [{ _tag: "Interrupted", turn }]
    case "StopFailure":
      return [
        {
          _tag: "TurnFailed",
          turn,
          reason: fields.error_details ?? fields.last_assistant_message ?? fields.error ?? "unknown"
        }
      ]
    case "PreCompact":
      return [{ _tag: "CompactStarted" }]
    case "PostCompact":
      return [{ _tag: "CompactEnded" }]
    case "SessionEnd":
      return fields.reason === "clear" ? [] : [{ _tag: "Ended", reason: fields.reason ?? "" }]
    default:
      return []
  }
}

/** Tools that ask a person for words or a choice, not for leave. */
const QUESTIONS = ["AskUserQuestion", "ExitPlanMode", "EnterPlanMode", "request_user_input"]
/** Names of the one thing that a tool's input is about. Any other tool's is the whole of it. */
const SUBJECTS: Readonly<Record<string, string>> = {
  Bash: "command",
  apply_patch: "command",
  Edit: "file_path",
  MultiEdit: "file_path",
  NotebookEdit: "notebook_path",
  Read: "file_path",
  Write: "file_path",
  WebFetch: "url"
}
/** Bytes, as they are stored: longer ones are nothing that a rule was written for. */
const LONGEST = 4000

/** A path as the tool will take it: `src/../.git` is no place below `src`. */
const whole = (name: string, value: string, cwd: string | undefined): string =>
  name.endsWith("_path") ? resolve(cwd ?? "/", value) : value

/** Claude Code asks by this field of its shell's input to be let out of its sandbox: more than the command says. */
const unboxed = (input: unknown): boolean =>
  typeof input === "object" && input !== null && "dangerouslyDisableSandbox" in input
    ? input.dangerouslyDisableSandbox === true
    : false

/** Never cut and never squeezed: what is allowed must be what is done. */
const subjectOf = (tool: string, input: unknown, cwd: string | undefined): string | null => {
  if (typeof input !== "object" || input === null || unboxed(input)) return null
  const name = SUBJECTS[tool]
  const value = name === undefined ? JSON.stringify(input) : (input as Readonly<Record<string, unknown>>)[name]
  if (typeof value !== "string" || Buffer.byteLength(JSON.stringify(value)) > LONGEST) return null
  return whole(name ?? "", value, cwd)
}

/** What a PermissionRequest asks for. */
export const readAsk = (event: string, payload: unknown): Ask | undefined => {
  const fields = event === "PermissionRequest" ? Option.getOrUndefined(decode(payload)) : undefined
  if (fields === undefined) return undefined
  const tool = fields.tool_name ?? "?"
  const workingDir = fields.cwd ?? undefined
  return {
    tool,
    detail: `${unboxed(fields.tool_input) ? "outside of its sandbox: " : ""}${describe(fields.tool_input)}`,
    kind: QUESTIONS.includes(tool) ? "question" : "permission",
    subject: subjectOf(tool, fields.tool_input, workingDir),
    workingDir
  }
}

export const readConversation = (payload: unknown): string | undefined =>
  Option.getOrUndefined(decode(payload))?.session_id ?? undefined

/** Events whose answer may add to the context. */
const TELLING = ["SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse"]

/** Both agents honour the same answers; what is printed for another event, or is not this JSON, they take for an error. */
export const answerHook = (event: string, { context, deny, permission }: Say): string | undefined => {
  if (event === "PermissionRequest" && permission !== undefined) {
    const { allow, message } = permission
    const decision = allow ? { behavior: "allow" } : { behavior: "deny", message: message ?? "denied" }
    return JSON.stringify({ hookSpecificOutput: { hookEventName: event, decision } })
  }
  const denies = deny !== undefined && event === "PreToolUse"
  const tells = context !== undefined && TELLING.includes(event)
  if (!denies && !tells) return undefined
  return JSON.stringify({
    hookSpecificOutput: {
      hookEventName: event,
      ...(denies ? { permissionDecision: "deny", permissionDecisionReason: deny } : {}),
      ...(tells ? { additionalContext: context } : {})
    }
  })
}
