/** `sm worktree list|restore|remove`: the git worktrees that sm has made. */
import { Option } from "clipanion"
import { perhaps } from "../../src/domain/Near.ts"
import type { Worktree } from "../../src/domain/Worktree.ts"
import type { Output } from "../../src/gateway/Api.ts"
import { Misuse } from "../Misuse.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { table } from "../view/Table.ts"
import { ago } from "../view/Time.ts"

type Listed = Output<"worktrees">[number]

const ACTIONS = ["list", "restore", "remove"]

/** git takes its time with large trees. */
const DEADLINE = 100_000

const size = (bytes: number): string =>
  bytes < 10_240
    ? `${bytes} bytes`
    : bytes < 10_485_760
      ? `${Math.round(bytes / 1024)} kB`
      : `${Math.round(bytes / 1_048_576)} MB`

const stateOf = ({ changes, kept, phase, problem }: Listed): string => {
  const of =
    phase === "kept" && kept !== null
      ? size(kept.bytes)
      : changes === null
        ? ""
        : changes === 0
          ? "clean"
          : `${changes} uncommitted`
  const more = [of, problem ?? ""].filter((part) => part !== "")
  return more.length === 0 ? phase : `${phase} (${more.join("; ")})`
}

const lines = (worktrees: ReadonlyArray<Listed>): string =>
  worktrees.length === 0
    ? "no worktrees; sm spawn claude … --worktree gives an agent one of its own"
    : table(
        ["ID", "REPOSITORY", "BRANCH", "STATE", "FOR", "SESSION", "PATH"],
        worktrees.map((worktree) => {
          const { branch, id, living, name, path, phase, sessionName, since } = worktree
          const session = living ?? (phase === "ready" ? `${sessionName} (not in it)` : sessionName)
          return [id, name, branch, stateOf(worktree), ago(since), session, path]
        })
      )

const removed = ({ branch, id, kept, path, phase }: Worktree): string => {
  if (phase === "gone" && kept !== null) return `forgot what was kept of ${branch}`
  if (kept === null) return `removed ${path}: nothing in it was only there`
  const what = kept.work === null ? "its commits are" : "its uncommitted work is"
  return `removed ${path}; ${what} kept in ${kept.bundle} (${size(kept.bytes)})\n  sm worktree restore ${id}`
}

const RIGHT = "sm worktree list, sm worktree remove sm/eng, sm worktree restore sm/eng"

export class WorktreeCommand extends SmCommand {
  static override paths = pathsOf("worktree")
  static override usage = usageOf("worktree", {
    details:
      "A worktree is named by its id, its branch, its path or its session. `remove` takes away one in which nobody works and nobody holds a lease: what is uncommitted (untracked files too, ignored ones not) and what no other branch and no remote has is put into a bundle first, and the bundle is tried. `restore` brings that back as it was. A branch with commits of its own stays in the repository. With `--force` a person removes a worktree in which a session lives, or a merge is under way; what is kept of a removed one is then forgotten for good. docs/worktrees.md says more.",
    examples: [
      ["Which there are, and what is uncommitted", "sm worktree"],
      ["Away with it; its work is kept", "sm worktree remove sm/eng"],
      ["Back again, on another branch", "sm worktree restore sm/eng --branch eng-again"]
    ]
  })
  action = Option.String({ name: "action", required: false })
  which = Option.String({ name: "worktree", required: false })
  branch = Option.String("--branch", { description: "with restore: another branch, made where the work was" })
  force = Option.Boolean("--force", false, { description: "with remove: whoever works there; or forget what is kept" })

  override execute(): Promise<number> {
    const action = this.action ?? "list"
    if (!ACTIONS.includes(action))
      throw new Misuse(`worktree knows list, restore and remove, not ${action}${perhaps(action, ACTIONS)}`, RIGHT)
    if (this.branch !== undefined && action !== "restore") throw new Misuse("--branch is for restore", RIGHT)
    if (this.force && action !== "remove") throw new Misuse("--force is for remove", RIGHT)
    if (action === "list") {
      if (this.which !== undefined) throw new Misuse("list takes no worktree", RIGHT)
      return this.show<ReadonlyArray<Listed>>("worktrees", { changes: true }, lines, { repeatable: true })
    }
    if (this.which === undefined) throw new Misuse(`${action} needs a worktree`, RIGHT)
    const worktree = this.which
    if (action === "remove")
      return this.show<Worktree>("removeWorktree", { worktree, force: this.force }, removed, { deadline: DEADLINE })
    return this.show<Worktree>(
      "restoreWorktree",
      { worktree, ...(this.branch === undefined ? {} : { branch: this.branch }) },
      ({ branch, path, sessionName }) =>
        `restored ${branch} in ${path}\n  sm restore ${sessionName}    sm spawn claude --cwd ${path}`,
      { deadline: DEADLINE }
    )
  }
}
