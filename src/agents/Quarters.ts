/** What a session gets before its agent starts: a directory, an identity of its own, an environment. */
import { Context, type Effect } from "effect"
import type { AgentError } from "./Agent.ts"

export interface Occupant {
  readonly id: string
  readonly name: string
  readonly provider: string
  readonly parentId: string | null
  /** From `--env`. */
  readonly env: Readonly<Record<string, string>>
}

export const HOOK_SECRET = "SM_HOOK_SECRET"

export class Quarters extends Context.Service<
  Quarters,
  {
    /** Makes the directory (0700) and the credential (0600); answers with the complete environment. Idempotent. */
    readonly prepare: (
      occupant: Occupant
    ) => Effect.Effect<{ readonly dir: string; readonly env: Readonly<Record<string, string>> }, AgentError>
    /** Writes files below the directory, 0600. */
    readonly furnish: (dir: string, files: Readonly<Record<string, string>>) => Effect.Effect<void, AgentError>
    /** The environment of a program that is run beside an agent, for nobody: with what `--env` gave, without an identity. */
    readonly plain: (env: Readonly<Record<string, string>>) => Readonly<Record<string, string>>
    /** The daemon's door for hooks over HTTP, if it is open; the environment has what opens it, as `HOOK_SECRET`. */
    readonly door?: string
    /** The command of `sm` itself. */
    readonly sm: readonly [string, ...ReadonlyArray<string>]
  }
>()("sm/agents/Quarters") {}
