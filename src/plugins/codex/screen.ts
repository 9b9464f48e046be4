/** Codex's screen as an observation: by the rules beside this file, tested against recorded screens. */
import type { Screen } from "../../terminal/Terminal.ts"
import { rows } from "../sdk/screen.ts"
import { rulebook } from "../sdk/screenRulebook.ts"
import shipped from "./screen.rules.json" with { type: "json" }

export const makeRulebook = () => rulebook(shipped)

export const read = makeRulebook().read

export const farewell = (screen: Screen): string =>
  rows(screen)
    .map(({ text }) => text.trim())
    .findLast((line) => /error|unable|cannot|failed|not found|denied/iu.test(line))
    ?.slice(0, 300) ?? ""
