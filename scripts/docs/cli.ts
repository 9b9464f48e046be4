/** docs/cli.md: every command as its own declaration says it is. */
import { catalog, categories, type CommandName, type Entry } from "../../cli/Catalog.ts"
import { commands } from "../../cli/commands/index.ts"
import { codeOf, ExitCode } from "../../cli/ExitCode.ts"
import { type Choice, manualOf } from "../../cli/Manual.ts"
import { Refusal } from "../../src/gateway/Api.ts"

/** A new code without a line here does not compile. */
const exits: Readonly<Record<keyof typeof ExitCode, string>> = {
  ok: "done",
  refused: "the answer is no: there is no such session, you may not, it is in the wrong state",
  misuse: "the command line is wrong: an unknown command or option, a value that cannot be, a file that cannot be read",
  unreachable: "the daemon or the broker cannot be reached: `sm up --detach`",
  timeout: "it did not come about in the time given; it may still",
  bug: "a defect of sm: please report it, with what `SM_DEBUG=1` adds"
}

const errors: Readonly<Record<Refusal["code"], string>> = {
  "not-found": "there is no such thing; near names are suggested",
  ambiguous: "the beginning of an id fits several",
  "name-taken": "a living session has this name",
  "not-allowed": "an agent may do this to its own children only, or not at all",
  invalid: "what was asked for makes no sense; the message names the field",
  "wrong-state": "not now, or not here: the session has ended, this shell is no session",
  unavailable: "daemon, broker or terminal cannot be reached, or an agent's program cannot be started",
  timeout: "no answer in time",
  internal: "a defect"
}

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => "---"), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`)
    .join("\n")

const option = ({ description, names, takes }: Choice): string =>
  `- ${names.map((name) => `\`${name}${takes ? " …" : ""}\``).join(", ")}: ${description}`

const command = async (name: CommandName): Promise<string> => {
  const { description, details, examples, options, usage } = manualOf(await commands[name]())
  const { aliases = [] }: Entry = catalog[name]
  const also = aliases.length === 0 ? "" : ` Also ${aliases.map((alias) => `\`sm ${alias}\``).join(", ")}.`
  const lines = examples.map(({ label, line }) => `${line}  # ${label}`).join("\n")
  return [
    `### ${name}`,
    `\`${usage}\`: ${description}.${also}`,
    details,
    options
      .filter(({ names }) => !names.includes("--json"))
      .map(option)
      .join("\n"),
    lines === "" ? "" : `\`\`\`sh\n${lines}\n\`\`\``
  ]
    .filter((part) => part !== "")
    .join("\n\n")
}

const introduction = [
  "# The command line",
  "<!-- Written by `npm run docs` from cli/: do not edit. -->",
  "A session is named by its name, its id, the beginning of its id (4 digits or more), or `parent`. `sm help <command>` prints what stands here; `sm completion <shell>` makes Tab know it.",
  "## Output",
  "For people: lines and tables. A table has aligned columns on a terminal; on a pipe the same lines come without padding, cells two spaces apart, never with colours, tabs or cut cells. Errors go to standard error: one sentence, and below it what to do next.",
  "For programs: `--json`, which every command takes, prints one envelope to standard output, also for errors and for a command line that cannot be read:",
  '```json\n{ "ok": true, "data": { "…": "…" } }\n{ "ok": false, "error": { "code": "not-found", "message": "…", "hint": "…" } }\n```',
  "`sm tail --follow --json` prints one object a line (NDJSON) as long as it runs; an error on the way is the envelope, as the last line.",
  "## Exit codes",
  table(
    ["exit", "means"],
    (Object.keys(ExitCode) as ReadonlyArray<keyof typeof ExitCode>).map((key) => [String(ExitCode[key]), exits[key]])
  ),
  "Ctrl-C ends `sm tail --follow` with 130. `sm hook` always exits 0.",
  "## Error codes",
  table(
    ["`error.code`", "exit", "means"],
    Refusal.fields.code.literals.map((code) => [`\`${code}\``, String(codeOf({ code })), errors[code]])
  )
]

export const cliPage = async (): Promise<string> => {
  const parts = [...introduction]
  for (const category of categories) {
    parts.push(`## ${category}`)
    if (category === "Plumbing") parts.push("Called by programs; neither offered by completions nor by `sm --help`.")
    const names = (Object.keys(catalog) as ReadonlyArray<CommandName>).filter(
      (name) => catalog[name].category === category
    )
    for (const name of names) parts.push(await command(name))
  }
  return `${parts.join("\n\n")}\n`
}
