/** `sm hooks`: puts `sm auto-lock` into the settings of agents that sm does not spawn, takes it out, or says how it stands. */
import { join } from "node:path"
import { existsSync } from "node:fs"
import { Option } from "clipanion"
import { here } from "../Here.ts"
import { home } from "../home.ts"
import { rules } from "../hot/Gate.ts"
import { installed, look, uninstalled } from "../hooks/Merging.ts"
import { changed, isThere, type Place, places, read, write } from "../hooks/SettingsFile.ts"
import { Misuse } from "../Misuse.ts"
import { done } from "../Output.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

const ACTIONS = ["install", "uninstall", "status"]

/** The `sm` of this installation for the user's own settings; in a project's, which others have too, the one on their PATH. */
const smOf = ({ scope }: Place): string => {
  const own = join(home.state, "bin", "sm")
  return scope === "user" && existsSync(own) ? `'${own.replaceAll("'", String.raw`'\''`)}'` : "sm"
}

const standing = (path: string): string => {
  try {
    const { byHand, marked, old } = look(read(path).hooks)
    if (old)
      return "has a hook whose matcher is an object, an old form: Claude Code skips this whole file (sm hooks install corrects sm's own)"
    return marked ? "installed" : byHand ? "written by hand" : "not installed"
  } catch (error) {
    if (error instanceof Misuse) return error.message
    throw error
  }
}

interface Outcome extends Place {
  readonly state: string
  /** Where what the file was is kept; none where nothing changed. */
  readonly backup: string | null
  /** With `--dry-run`: the text it would have. */
  readonly text?: string
}

export class HooksCommand extends SmCommand {
  static override paths = pathsOf("hooks")
  static override usage = usageOf("hooks", {
    details:
      "install: agents that you start yourself lock what they write, like those that sm spawns (docs/auto-lock.md). Settings are merged: hooks of others stay, ours end in `# sm:hooks`, and what the file was is kept beside it. uninstall takes out what carries that mark. Both choose your own settings (--user) unless --project says: of this project, Claude Code only. status shows all.",
    examples: [
      ["See what would be written", "sm hooks install --project --dry-run"],
      ["For Claude Code and Codex, wherever you start them", "sm hooks install"]
    ]
  })
  action = Option.String({ name: "action", required: false })
  user = Option.Boolean("--user", false, { description: "in your own settings (default)" })
  project = Option.Boolean("--project", false, { description: "in .claude/settings.json of this project" })
  dryRun = Option.Boolean("--dry-run", false, { description: "show the file as it would be, and write nothing" })

  override async execute() {
    const action = this.action ?? "status"
    if (!ACTIONS.includes(action))
      throw new Misuse(`sm hooks does ${ACTIONS.join(", ")}, not ${action}`, "sm hooks install")
    if (this.user && this.project)
      throw new Misuse("--user and --project exclude each other", "sm hooks install --user")
    const all = places(here().cwd ?? "/")
    const scope = this.project ? "project" : "user"
    if (action === "status") {
      const chosen = this.user || this.project ? all.filter((place) => place.scope === scope) : all
      const outcomes = chosen.map((place) => ({ ...place, state: standing(place.path) }))
      return done(outcomes, this.json, outcomes.map(({ path, state }) => `${path}: ${state}`).join("\n"))
    }
    const chosen = all.filter((place) => place.scope === scope && isThere(place))
    if (chosen.length === 0)
      throw new Misuse(
        "neither Claude Code nor Codex has a directory of settings here",
        "start the agent once, or --project"
      )
    // Read before anything is written: one that is broken stops all.
    const plans = chosen.map((place) => {
      const settings = read(place.path)
      const { bash, wait } = rules()
      const next =
        action === "install"
          ? installed(settings.hooks, { kind: place.kind, sm: smOf(place), wait, bash })
          : uninstalled(settings.hooks)
      return { place, before: settings.text, after: changed(settings, next) }
    })
    const outcomes = plans.map(({ after, before, place }): Outcome => {
      if (after === before) return { ...place, state: "unchanged", backup: null }
      if (this.dryRun) return { ...place, state: "would change", backup: null, text: after }
      return { ...place, state: action === "install" ? "installed" : "uninstalled", backup: write(place.path, after) }
    })
    const lines = outcomes.map(({ backup, kind, path, state, text }) =>
      [
        `${path}: ${state}`,
        ...(backup === null ? [] : [`    what it was: ${backup}`]),
        ...(text === undefined ? [] : [text.trimEnd()]),
        ...(kind === "codex" && state === "installed" ? ["    Codex asks once whether to trust it"] : [])
      ].join("\n")
    )
    return done(outcomes, this.json, lines.join("\n"))
  }
}
