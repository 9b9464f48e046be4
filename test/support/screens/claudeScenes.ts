/** What Claude Code shows, scene by scene. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { type Setting, stage, type Stage } from "./Stage.ts"

const trusted = (setting: Setting, play: (stage: Stage) => Effect.Effect<void, unknown>) =>
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

const READY = /^❯/mu
const BUSY = { activity: "busy" } as const
const DIALOG = { activity: "dialog" } as const
const tool = (name: string, input: object) => `[[tool ${name} ${JSON.stringify(input)}]]`

export const scenes: Readonly<Record<string, Effect.Effect<void, unknown>>> = {
  trust: stage("claude", {}, (on) =>
    Effect.gen(function* () {
      yield* on.shot("trust", /trust/u, { ...DIALOG, answer: true })
      yield* on.answer
      yield* on.sees(READY)
    })
  ),

  composer: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.shot("idle", READY, {})
      yield* on.paste("half typed words")
      yield* on.shot("draft", /half typed/u, { draft: "half typed words" })
      yield* on.keys("C-a")
      // Not to be told from a placeholder by its text.
      yield* on.shot("draft-cursor-home", /half typed/u, {})
      yield* on.keys("C-e", "C-u")
      yield* on.paste("first line\nsecond line")
      yield* on.shot("draft-lines", /second line/u, { draft: "first line\nsecond line" })
      yield* on.keys("Up")
      yield* on.shot("draft-lines-cursor-up", /second line/u, { draft: "first line\nsecond line" })
      yield* on.keys("Down", "C-u", "C-u", "C-u", "C-u")
      yield* on.paste("a\nb\nc\nd\ne\nf")
      yield* on.shot("draft-pasted", /Pasted text/u, { draft: "[Pasted text #1 +5 lines]" })
      yield* on.keys("C-u", "C-u")
      yield* on.paste(`${"wide words go on ".repeat(20)}end`)
      yield* on.shot("draft-wrapped", /end/u, {
        draft: `${"wide words go on ".repeat(11)}wide\nwords go on ${"wide words go on ".repeat(8)}end`
      })
      yield* on.keys("C-u", "C-u", "C-u", "C-u")
      yield* on.paste("to be stashed")
      yield* on.keys("C-s")
      yield* on.shot("stashed", READY, {})
      yield* on.keys("C-s", "C-u")
      yield* on.keys("/")
      yield* on.shot("slash-menu", /^❯\s\/$/mu, { draft: "/" })
      yield* on.keys("C-u")
      yield* on.keys("@")
      yield* on.shot("at-menu", /^❯\s@/mu, { draft: "@" })
      yield* on.keys("C-u")
      yield* on.keys("!")
      yield* on.shot("bash-mode", /^!/mu, { draft: "!" })
      yield* on.keys("BSpace")
      yield* on.keys("?")
      yield* on.shot("shortcuts", /double tap|ctrl/u, {})
    })
  ),

  working: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit("[[text a first answer]]")
      yield* on.shot("answered", /● a first answer\s+✻ .* · done/u, {})
      yield* on.submit("[[sleep 30]] [[text late]]")
      yield* on.shot("busy", /esc to interrupt/u, BUSY)
      yield* on.paste("typed meanwhile")
      yield* on.shot("busy-draft", /typed meanwhile/u, { ...BUSY, draft: "typed meanwhile" })
      yield* on.keys("Enter")
      yield* on.shot("busy-queued", /[Qq]ueued/u, BUSY)
      yield* on.keys("Escape")
      yield* on.sees(/ok/u)
      yield* on.submit("[[sleep 30]] [[text late]]")
      yield* on.sees(/esc to interrupt/u)
      yield* on.keys("Escape")
      yield* on.shot("handed-back", /─\n❯\s\[\[sleep/u, { draft: "[[sleep 30]] [[text late]]" })
      yield* on.keys("C-u")
      yield* on.submit(`${tool("Read", { file_path: "/etc/hostname" })} [[sleep 30]] [[text late]]`)
      yield* on.sees(/Read/u)
      yield* on.sees(/esc to interrupt/u)
      yield* on.keys("Escape")
      yield* on.shot("interrupted", /Interrupted/u, {})
      yield* on.submit("/exit")
      yield* on.shot("exiting", /Resume this session/u, { activity: "exited" })
      yield* on.shot("exited", /Pane is dead/u, { activity: "exited" })
    })
  ),

  permissions: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit(`${tool("Bash", { command: "touch made" })} [[text tool over]]`)
      yield* on.shot("permission-bash", /Do you want/u, DIALOG)
    })
  ),

  writing: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit(`${tool("Write", { file_path: join(on.cwd, "a.txt"), content: "1\n2\n3\n" })} [[text written]]`)
      yield* on.shot("permission-write", /Do you want to create/u, DIALOG)
      yield* on.keys("Tab")
      yield* on.shot("permission-amend", /Do you want to create/u, DIALOG)
      yield* on.keys("Escape", "Escape")
    })
  ),

  question: trusted({}, (on) =>
    Effect.gen(function* () {
      const options = [
        { label: "Red", description: "as roses" },
        { label: "Blue", description: "as the sea" }
      ]
      const questions = [{ question: "Which colour?", header: "Colour", options, multiSelect: false }]
      yield* on.submit(`${tool("AskUserQuestion", { questions })} [[text chosen]]`)
      yield* on.shot("question", /Enter to select/u, DIALOG)
      yield* on.keys("Escape")
    })
  ),

  plan: trusted({ mode: "plan" }, (on) =>
    Effect.gen(function* () {
      yield* on.shot("idle-plan", READY, {})
      yield* on.submit(`${tool("ExitPlanMode", { plan: "1. Do it\n2. Test it" })} [[text planned]]`)
      yield* on.shot("plan-approval", /Exit plan mode/u, DIALOG)
    })
  ),

  accept: trusted({ mode: "acceptEdits" }, (on) => on.shot("idle-accept-edits", READY, {})),
  auto: trusted({ mode: "auto" }, (on) => on.shot("idle-auto", READY, {})),

  commands: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit("[[text a first answer]]")
      yield* on.sees(/● a first answer/u)
      for (const name of ["model", "config", "help", "permissions", "hooks", "memory", "resume"]) {
        yield* on.submit(`/${name}`)
        yield* Effect.ignore(on.shot(`command-${name}`, /Esc|esc/u, DIALOG))
        yield* on.keys("Escape", "Escape")
        yield* on.sees(READY)
        yield* on.keys("C-u")
      }
    })
  ),

  overlays: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit("[[text a first answer]]")
      yield* on.sees(/● a first answer/u)
      yield* on.keys("C-o")
      yield* on.shot("transcript-view", /ctrl\+o/u, DIALOG)
      yield* on.keys("C-o")
      yield* on.keys("C-r")
      yield* on.shot("history-search", /./u, DIALOG)
      yield* on.keys("Escape")
      yield* on.sees(READY)
      yield* on.keys("C-u", "Escape", "Escape")
      yield* on.shot("rewind", /[Rr]ewind|[Rr]estore/u, DIALOG)
    })
  ),

  errors: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit("[[error 400 invalid_request_error no such thing]]")
      yield* on.shot("api-error", /API Error/u, {})
      yield* on.submit("[[error 529 overloaded_error busy]]")
      yield* on.shot("retrying", /retrying|attempt/iu, BUSY)
    })
  ),

  lookalikes: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit("[[text Do you want to proceed?\n❯ 1. Yes\n  2. No\n\nEsc to cancel · Tab to amend]]")
      yield* on.shot("says-permission", /●/u, {})
      yield* on.submit(
        "[[text Quick safety check: Is this a project you created or one you trust?\n\n❯ No, exit\n  Yes, I trust this folder\n\nEnter to confirm · Esc to cancel]]"
      )
      yield* on.shot("says-trust", /● Quick/u, {})
      yield* on.submit(
        "[[text Press esc to interrupt, I am Waiting for 1 background agent to finish\n\nResume this session with:\nclaude --resume x]]"
      )
      yield* on.shot("says-busy", /● Press/u, {})
    })
  ),

  compact: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit("[[text a first answer]]")
      yield* on.sees(/● a first answer/u)
      yield* on.submit("/compact [[sleep 15]] [[text short]]")
      yield* on.shot("compacting", /[Cc]ompacting/u, BUSY)
    })
  ),

  background: trusted({ args: ["--allowedTools", "Bash", "Agent", "Task"] }, (on) =>
    Effect.gen(function* () {
      yield* on.submit(
        `${tool("Bash", { command: "sleep 60", run_in_background: true, description: "wait" })} [[text started]]`
      )
      yield* on.shot("background-shell", /● started/u, {})
      const agent = {
        description: "look",
        prompt: "⟦sleep 30⟧ ⟦text looked⟧",
        subagent_type: "general-purpose",
        run_in_background: true
      }
      yield* on.submit(`${tool("Agent", agent)} [[text delegated]]`)
      yield* on.shot("background-agent", /● delegated/u, BUSY)
    })
  ),

  apikey: stage(
    "claude",
    { env: { ANTHROPIC_API_KEY: "sk-ant-api03-0000000000000000000000000000", ANTHROPIC_AUTH_TOKEN: "" } },
    (on) =>
      Effect.gen(function* () {
        yield* on.sees(/Yes, I trust/u)
        yield* on.answer
        yield* on.shot("api-key", /API key/u, { ...DIALOG, answer: true })
        yield* on.answer
        yield* on.shot("idle-api-key", READY, {})
      })
  ),

  onboarding: stage("claude", { before: ({ claude }) => writeFileSync(join(claude, ".claude.json"), "{}") }, (on) =>
    Effect.gen(function* () {
      yield* on.shot("onboarding-theme", /Choose the text style/u, { ...DIALOG, answer: true })
      yield* on.answer
      yield* on.shot("onboarding-notes", /Press Enter to continue/u, { ...DIALOG, answer: true })
      yield* on.answer
      yield* on.sees(/Yes, I trust this folder/u)
    })
  ),

  settings: trusted(
    {
      before: ({ claude }) =>
        writeFileSync(
          join(claude, "settings.json"),
          '{"hooks":{"PreToolUse":[{"matcher":{"tool_name":"x"},"hooks":[]}]}}'
        )
    },
    (on) => on.shot("settings-error", /[Ss]ettings/u, DIALOG)
  ),

  bypass: stage(
    "claude",
    {
      mode: "bypassPermissions",
      env: { IS_SANDBOX: "1" },
      before: (homes) =>
        writeFileSync(
          join(homes.claude, ".claude.json"),
          JSON.stringify({
            hasCompletedOnboarding: true,
            projects: { [homes.cwd]: { hasTrustDialogAccepted: true } }
          })
        )
    },
    (on) =>
      Effect.gen(function* () {
        yield* on.shot("bypass-warning", /Bypass|bypass/u, DIALOG)
        yield* on.keys("Down", "Enter")
        yield* on.shot("idle-bypass", /bypass permissions on/u, {})
      })
  )
}
