/** `sm approvals`: what agents wait for leave to do. `sm approvals allow|deny "<glob>"`: rules that answer by themselves. */
import { resolve } from "node:path"
import { Option } from "clipanion"
import { perhaps } from "../../src/domain/Near.ts"
import { ask } from "../Client.ts"
import { Misuse, wholeNumber } from "../Misuse.ts"
import { settle } from "../Output.ts"
import type { Reply } from "../Reply.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"
import { type Approval, approvalLines, approvalWhole, type Rule, ruleLines } from "../view/Approvals.ts"
import { lengthOf } from "../When.ts"

interface Listed {
  readonly open: ReadonlyArray<Approval>
  readonly answered: ReadonlyArray<Approval>
}

const actions = ["list", "rules", "allow", "deny", "forget"]

/** An approval's id, as no action is called. */
const ID = /^a[0-9a-z]{7}$/u

/** The one of that id in the answer. */
const picked = (reply: Reply, id: string): Reply => {
  if (!reply.ok) return reply
  const { answered, open } = reply.data as Listed
  const found = [...open, ...answered].find((approval) => approval.id === id)
  if (found !== undefined) return { ok: true, data: found }
  return { ok: false, error: { code: "not-found", message: `there is no approval ${id}`, hint: "sm approvals --all" } }
}

const listed = ({ answered, open }: Listed, whole: boolean): string => {
  const all = [...open, ...answered]
  if (all.length === 0) return whole ? "nothing has been asked yet" : "nothing waits for an answer"
  const lines = approvalLines(all)
  return open.length === 0 ? lines : `${lines}\nsm approve <id>, or sm deny <id> --reason "…"`
}

export class Approvals extends SmCommand {
  static override paths = pathsOf("approvals")
  static override usage = usageOf("approvals", {
    details:
      "A request for permission is kept until it is answered: by `sm approve` or `sm deny`, in the agent's pane, by a rule, or by `approvals.expire` of config.yaml; the first answer wins. Rules: `allow` and `deny` take a glob over the whole shell command (`--tool`: over the path or address that another tool is given). `*` and `?` match no operator of the shell, so that `npm test *` never allows `npm test; rm`; `**` matches anything. A rule that denies goes before those that allow. `rules` lists them, those of config.yaml as well; `forget` takes a rule's number. For a person only, but for the list.",
    examples: [
      ["What waits", "sm approvals"],
      ["All of what one wants", "sm approvals a1b2c3d4"],
      ["What was answered, by whom", "sm approvals --all"],
      [
        "Let engineers run the tests here for two hours",
        'sm approvals allow "npm test *" --repo . --role engineer --for 2h'
      ],
      ["Never push by force", 'sm approvals deny "git push *--force*"'],
      ["The rules", "sm approvals rules"],
      ["Rule 3 answers no more", "sm approvals forget 3"]
    ]
  })
  action = Option.String({ name: "action", required: false })
  what = Option.String({ name: "what", required: false })
  all = Option.Boolean("--all,-a", false, { description: "what was answered, too" })
  tool = Option.String("--tool", { description: "another tool than the shell (Bash), by the agent's name for it" })
  repo = Option.String("--repo", { description: "only in this directory's repository, worktrees included" })
  role = Option.String("--role", { description: "only for sessions of this role" })
  length = Option.String("--for", { description: "for so long: 2h, 30m; else until it is forgotten" })

  override async execute() {
    const { action = "list", all, what } = this
    const id = ID.test(action)
    if (!id && !actions.includes(action)) {
      throw new Misuse(
        `approvals knows list, rules, allow, deny, forget and the id of one, not ${action}${perhaps(action, actions)}`,
        "sm help approvals"
      )
    }
    if (action === "allow" || action === "deny") return this.make(action)
    const options = [this.tool, this.repo, this.role, this.length].some((option) => option !== undefined)
    if (options) throw new Misuse(`--tool, --repo, --role and --for are for a new rule, not for ${action}`, RIGHT)
    if (action === "forget") {
      if (what === undefined) throw new Misuse("forget needs the number of a rule", "sm approvals rules lists them")
      const number = wholeNumber("the number of a rule", what, 1, Infinity, "sm approvals rules lists them")
      return this.show<Rule>("forgetApprovalRule", { number }, (rule) => `${ruleLines([rule])}\nforgotten`)
    }
    if (what !== undefined) throw new Misuse(`${action} takes nothing more`, `sm approvals ${action}`)
    if (id) return this.one(action)
    if (action === "list")
      return this.show<Listed>("approvals", { all }, (found) => listed(found, all), { repeatable: true })
    return this.show<ReadonlyArray<Rule>>(
      "approvalRules",
      {},
      (rules) => (rules.length === 0 ? `there are no rules: ${RIGHT}` : ruleLines(rules)),
      { repeatable: true }
    )
  }

  /** Throws where nobody knows of it. */
  async one(id: string): Promise<number> {
    return settle(picked(await ask("approvals", { all: true }, { repeatable: true }), id), this.json, approvalWhole)
  }

  make(effect: string): Promise<number> {
    const { length, repo, role, tool, what } = this
    if (what === undefined || what === "") throw new Misuse(`${effect} needs a glob over what is asked for`, RIGHT)
    const forMs = length === undefined ? undefined : lengthOf(length)
    if (length !== undefined && forMs === undefined)
      throw new Misuse(`--for is a length of time, not ${length}`, `${RIGHT} --for 2h`)
    const input = {
      effect,
      glob: what,
      ...(tool === undefined ? {} : { tool }),
      ...(repo === undefined ? {} : { repo: resolve(repo) }),
      ...(role === undefined ? {} : { role }),
      ...(forMs === undefined ? {} : { forMs })
    }
    return this.show<Rule>("makeApprovalRule", input, (rule) => ruleLines([rule]), { repeatable: true })
  }
}

const RIGHT = 'sm approvals allow "npm test"'
