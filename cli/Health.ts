/** Whether the daemon answers, and how it is. */
import { ask } from "./Client.ts"

export interface Health {
  readonly version: string
  readonly pid: number
  readonly host: string
  readonly sessions: number
  readonly rss: number
  readonly checks: ReadonlyArray<{
    readonly name: string
    readonly state: string
    readonly detail: string
    readonly fix: string
  }>
}

/** None when nobody answers. */
export const health = async (): Promise<Health | undefined> => {
  const reply = await ask("health", {}, { repeatable: true, patience: 0, deadline: 3000 }).catch(() => undefined)
  return reply?.ok === true ? (reply.data as Health) : undefined
}
