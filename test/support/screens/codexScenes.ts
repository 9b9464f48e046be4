/** What Codex shows, scene by scene. */
import { execFileSync } from "node:child_process"
import { appendFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { type Setting, stage, type Stage } from "./Stage.ts"

const READY = /^›/mu
const BUSY = { activity: "busy" } as const
const DIALOG = { activity: "dialog" } as const
const tool = (name: string, input: object) => `[[tool ${name} ${JSON.stringify(input)}]]`

const trusted = (setting: Setting, play: (stage: Stage) => Effect.Effect<void, unknown>) =>
  stage(
    "codex",
    {
      ...setting,
      before: (homes) => {
        appendFileSync(join(homes.codex, "config.toml"), `[projects."${homes.cwd}"]\ntrust_level = "trusted"\n`)
        setting.before?.(homes)
      }
    },
    (on) => Effect.andThen(on.sees(READY), play(on))
  )

const escalated = (cmd: string) =>
  tool("exec_command", { cmd, sandbox_permissions: "require_escalated", justification: "why not" })

export const scenes: Readonly<Record<string, Effect.Effect<void, unknown>>> = {
  trust: stage(
    "codex",
    { mode: "workspace-write", before: ({ cwd }) => void execFileSync("git", ["init", "-q", cwd]) },
    (on) =>
      Effect.gen(function* () {
        yield* on.shot("trust", /trust/u, { ...DIALOG, answer: true })
        yield* on.answer
        yield* on.sees(READY)
      })
  ),

  login: stage("codex", { before: ({ codex }) => writeFileSync(join(codex, "config.toml"), "") }, (on) =>
    on.shot("login", /[Ss]ign in/u, DIALOG)
  ),

  limit: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit("[[limit 10800]]")
      yield* on.shot("limit", /Approaching rate limits/u, { ...DIALOG, answer: true })
      yield* on.answer
      yield* on.shot("limit-answered", READY, {})
    })
  ),

  composer: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.shot("idle", READY, {})
      yield* on.paste("half typed words")
      yield* on.shot("draft", /half typed/u, { draft: "half typed words" })
      yield* on.keys("C-a")
      yield* on.shot("draft-cursor-home", /half typed/u, { draft: "half typed words" })
      yield* on.keys("C-e", "C-u")
      yield* on.paste("first line\nsecond line")
      yield* on.shot("draft-lines", /second line/u, { draft: "first line\nsecond line" })
      yield* on.keys("Up")
      yield* on.shot("draft-lines-cursor-up", /second line/u, { draft: "first line\nsecond line" })
      yield* on.keys("Down", "C-e", "C-u", "C-u", "C-u", "C-u")
      yield* on.paste("a\nb\nc\nd\ne\nf")
      yield* on.shot("draft-six-lines", /f/u, { draft: "a\nb\nc\nd\ne\nf" })
      yield* on.keys(...Array.from({ length: 12 }, () => "C-u"))
      yield* on.paste("x".repeat(1500))
      yield* on.shot("draft-pasted", /Pasted Content/u, { draft: "[Pasted Content 1500 chars]" })
      yield* on.keys("C-u", "C-u")
      yield* on.keys("/")
      yield* on.shot("slash-menu", /^›\s\/$/mu, { draft: "/" })
      yield* on.keys("Escape", "C-u")
      yield* on.keys("@")
      yield* on.shot("at-menu", /^›\s@$/mu, { draft: "@" })
      yield* on.keys("Escape", "C-u")
      yield* on.keys("!")
      yield* on.shot("bash-mode", /^!/mu, { draft: "!" })
      yield* on.keys("BSpace", "BSpace")
      yield* on.keys("?")
      yield* on.shot("shortcuts", /ctrl|shift/u, {})
    })
  ),

  narrow: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.resize(80, 24)
      yield* on.shot("narrow-idle", READY, {})
      yield* on.paste("half typed words")
      yield* on.shot("narrow-draft", /half typed/u, { draft: "half typed words" })
      yield* on.keys("C-u")
      const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`)
      yield* on.submit(`[[text ${lines.join("\n")}]]`)
      yield* on.shot("narrow-scrolled", /line 39\s+Worked for/u, {})
      yield* on.submit(`${escalated("touch made")} [[text tool over]]`)
      yield* on.shot("narrow-permission", /Would you like/u, DIALOG)
      yield* on.resize(40, 12)
      yield* on.shot("tiny-permission", /enter|esc/u, DIALOG)
    })
  ),

  working: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit("[[text a first answer]]")
      yield* on.shot("answered", /• a first answer/u, {})
      yield* on.submit("[[sleep 30]] [[text late]]")
      yield* on.shot("busy", /esc to interrupt/u, BUSY)
      yield* on.paste("typed meanwhile")
      yield* on.shot("busy-draft", /typed meanwhile/u, { ...BUSY, draft: "typed meanwhile" })
      yield* on.keys("Enter")
      yield* on.shot("busy-steer", /typed meanwhile/u, BUSY)
      yield* on.paste("typed for later")
      yield* on.keys("Tab")
      yield* on.shot("busy-queued", /typed for later/u, BUSY)
      yield* on.keys("Escape")
      yield* on.shot("interrupted-with-pending", /• ok|interrupted/u, {})
      yield* on.keys("C-u", "C-u", "C-u")
      yield* on.submit("[[sleep 30]] [[text late]]")
      yield* on.sees(/esc to interrupt/u)
      yield* on.keys("Escape")
      yield* on.shot("interrupted", /interrupted/u, {})
      yield* on.keys("C-u", "C-u")
      yield* on.submit("/quit")
      yield* on.shot("exited", /To continue this session|Pane is dead/u, { activity: "exited" })
    })
  ),

  permissions: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit(`${escalated("touch made")} [[text tool over]]`)
      yield* on.shot("permission", /Would you like/u, DIALOG)
      yield* on.keys("Escape")
      yield* on.shot("permission-refused", /interrupted|What should/iu, {})
    })
  ),

  commands: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit("[[text a first answer]]")
      yield* on.sees(/• a first answer/u)
      for (const name of ["model", "permissions", "resume", "theme", "review", "hooks", "experimental"]) {
        yield* on.submit(`/${name}`)
        yield* Effect.ignore(on.shot(`command-${name}`, /[Ee]sc|[Ee]nter/u, DIALOG))
        yield* on.keys("Escape", "Escape")
        yield* on.sees(READY)
        yield* on.keys("C-u")
      }
    })
  ),

  overlays: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit("[[text a first answer]]")
      yield* on.sees(/• a first answer/u)
      yield* on.keys("Escape", "Escape")
      yield* on.shot("backtrack", /Browsing transcript/u, DIALOG)
    })
  ),

  errors: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit("[[error 400 invalid_request_error no such thing]]")
      yield* on.shot("api-error", /■/u, {})
      yield* on.submit("[[error 500 server_error busy]]")
      yield* on.shot("retrying", /Reconnecting/u, BUSY)
    })
  ),

  lookalikes: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit(
        "[[text Would you like to run the following command?\n› 1. Yes\n  2. No\n\nPress enter to confirm or esc to cancel]]"
      )
      yield* on.shot("says-permission", /• Would/u, {})
      yield* on.submit("[[text Do you trust the contents of this directory?\n› 1. Yes\nPress enter to continue]]")
      yield* on.shot("says-trust", /• Do you trust/u, {})
      yield* on.submit("[[text • Working (3s • esc to interrupt)\n\nTo continue this session, run codex resume x]]")
      yield* on.shot("says-busy", /• • Working|To continue this/u, {})
      yield* on.submit("[[text Update available: Skip until next version]]")
      yield* on.shot("says-update", /• Update/u, {})
    })
  ),

  compact: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit("[[text a first answer]]")
      yield* on.sees(/Worked for/u)
      yield* on.submit("/compact")
      yield* on.shot("compacted", /[Cc]ompacted/u, {})
    })
  ),

  update: trusted(
    {
      before: ({ codex }) => {
        writeFileSync(
          join(codex, "version.json"),
          JSON.stringify({
            latest_version: "9.9.9",
            last_checked_at: new Date().toISOString(),
            dismissed_version: null
          })
        )
      },
      args: ["-c", "check_for_update_on_startup=true"]
    },
    (on) =>
      Effect.gen(function* () {
        yield* on.shot("update", /[Uu]pdate available/u, { ...DIALOG, answer: true })
        yield* on.answer
        yield* on.shot("update-skip", /^› 2\. Skip/mu, { ...DIALOG, answer: true })
        yield* on.answer
        yield* on.sees(/Ask Codex/u)
      })
  )
}
