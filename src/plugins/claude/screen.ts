/** Claude Code's screen (classic renderer) as an observation: by the rules beside this file, tested against recorded screens. */
import type { Screen } from "../../terminal/Terminal.ts"
import { rows } from "../sdk/screen.ts"
import { rulebook } from "../sdk/screenRulebook.ts"
import shipped from "./screen.rules.json" with { type: "json" }

export const makeRulebook = () => rulebook(shipped)

export const read = makeRulebook().read

export const farewell = (screen: Screen): string => {
  const lines = rows(screen)
    .map(({ text }) => text.trim())
    .filter((line) => !line.startsWith("Pane is dead"))
  return lines.findLast((line) => /error|unable|cannot|failed|not found|denied/iu.test(line))?.slice(0, 300) ?? ""
}
