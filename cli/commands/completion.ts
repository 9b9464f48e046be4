/** `sm completion <shell>`: prints the script that lets Tab ask `sm complete`. */
import { Option } from "clipanion"
import { Misuse } from "../Misuse.ts"
import { perhaps } from "../../src/domain/Near.ts"
import { done } from "../Output.ts"
import { scripts } from "../completion/scripts.ts"
import { pathsOf, SmCommand, usageOf } from "../SmCommand.ts"

export class Completion extends SmCommand {
  static override paths = pathsOf("completion")
  static override usage = usageOf("completion", {
    details:
      "Completes commands, options, agent kinds, and the names and ids of living sessions, which it asks the daemon for.",
    examples: [
      ["bash, in ~/.bashrc", 'eval "$(sm completion bash)"'],
      ["zsh, in ~/.zshrc", 'eval "$(sm completion zsh)"'],
      ["fish, in ~/.config/fish/config.fish", "sm completion fish | source"]
    ]
  })
  shell = Option.String({ name: "shell" })
  override async execute() {
    const make = Object.hasOwn(scripts, this.shell) ? scripts[this.shell] : undefined
    if (make === undefined) {
      const known = Object.keys(scripts)
      throw new Misuse(
        `there are completions for ${known.join(", ")}, not for ${this.shell}${perhaps(this.shell, known)}`,
        'eval "$(sm completion bash)"'
      )
    }
    const script = make([process.execPath, process.argv[1] ?? "sm"])
    return done({ shell: this.shell, script }, this.json, script)
  }
}
