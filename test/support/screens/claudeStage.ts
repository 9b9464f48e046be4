/** A Claude Code that trusts its directory. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { type Setting, stage, type Stage } from "./Stage.ts"

export const trusted = (setting: Setting, play: (stage: Stage) => Effect.Effect<void, unknown>) =>
  stage(
    "claude",
    {
      ...setting,
      before: (homes) => {
        writeFileSync(
          join(homes.claude, ".claude.json"),
          JSON.stringify({
            hasCompletedOnboarding: true,
            projects: { [homes.cwd]: { hasTrustDialogAccepted: true } }
          })
        )
        setting.before?.(homes)
      }
    },
    (on) => Effect.andThen(on.sees(/^❯|Enter to confirm/mu), play(on))
  )

export const READY = /^❯/mu
export const BUSY = { activity: "busy" } as const
export const DIALOG = { activity: "dialog" } as const
export const tool = (name: string, input: object) => `[[tool ${name} ${JSON.stringify(input)}]]`
