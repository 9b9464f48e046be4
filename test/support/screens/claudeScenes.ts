/** What Claude Code shows while it works, scene by scene. */
import { join } from "node:path"
import { Effect } from "effect"
import { BUSY, DIALOG, READY, tool, trusted } from "./claudeStage.ts"

export const scenes: Readonly<Record<string, Effect.Effect<void, unknown>>> = {
  limit: trusted({ env: { ANTHROPIC_AUTH_TOKEN: "", CLAUDE_CODE_OAUTH_TOKEN: "dummy" } }, (on) =>
    Effect.gen(function* () {
      yield* on.submit("[[limit 259200]]")
      yield* on.shot("limit", /Stop and wait for limit/u, { ...DIALOG, answer: true })
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

  narrow: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.resize(80, 24)
      yield* on.shot("narrow-idle", READY, {})
      yield* on.paste("half typed words")
      yield* on.shot("narrow-draft", /half typed/u, { draft: "half typed words" })
      yield* on.keys("C-u")
      const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`)
      yield* on.submit(`[[text ${lines.join("\n")}]]`)
      yield* on.shot("narrow-scrolled", /line 39\s+✻ .* · done/u, {})
      yield* on.submit(`${tool("Bash", { command: "touch made" })} [[text tool over]]`)
      yield* on.shot("narrow-permission", /Do you want/u, DIALOG)
      yield* on.resize(40, 12)
      yield* on.shot("tiny-permission", /Do you want|Esc to cancel/u, DIALOG)
    })
  ),

  drafts: trusted({}, (on) =>
    Effect.gen(function* () {
      for (let line = 0; line < 30; line++) {
        yield* on.paste(`line ${line}`)
        yield* on.keys("C-j")
      }
      yield* on.paste("the end")
      const draft = [...Array.from({ length: 30 }, (_, line) => `line ${line}`), "the end"].join("\n")
      yield* on.shot("draft-tall", /the end/u, { draft })
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
      yield* on.shot("interrupted", /Read 1 file[^❯]*Interrupted[^◐]*\? for shortcuts/u, {})
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

  commands: trusted({}, (on) =>
    Effect.gen(function* () {
      yield* on.submit("[[text a first answer]]")
      yield* on.sees(/● a first answer\s+✻ .* · done/u)
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
      yield* on.sees(/● a first answer\s+✻ .* · done/u)
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
      yield* on.sees(/● a first answer\s+✻ .* · done/u)
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
  )
}
