/** What an agent did, one line each. */
import { clock } from "./Time.ts"

export interface Action {
  readonly at: number
  readonly tool: string
  readonly detail: string
  /** Milliseconds; null while it runs. */
  readonly took: number | null
  readonly failed: boolean
}

export const actionLine = ({ at, detail, failed, took, tool }: Action): string => {
  const lasted = took === null ? "…" : `${(took / 1000).toFixed(1)}s`
  return `${clock(at)}  ${lasted.padStart(7)}  ${failed ? "✗ " : ""}${tool}  ${detail}`.trimEnd()
}
