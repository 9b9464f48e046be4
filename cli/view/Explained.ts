/** Why a session is in its state, for a person. */
import type { Output } from "../../src/gateway/Api.ts"
import { ago } from "./Time.ts"

type Explained = Output<"explain">
type Shown = { readonly activity: string; readonly detail: string }

/** Words of the agent that are shown. */
const WORDS = 5

const INDENT = 16
const line = (title: string, words: string): string => `  ${title.padEnd(INDENT - 2)}${words}`

/** As it stands in a sentence: `hook PromptSubmitted, 3m ago`. */
const decider = ({ evidence }: Explained): string => {
  if (evidence === null) return "not known: it was stored before that was remembered"
  const { at, by, source } = evidence
  const named =
    source === "hook" ? `hook ${by}` : source === "state-file" || source === "order" ? by : `${source}: ${by}`
  return `${named}, ${ago(at)} ago`
}

const shown = ({ activity, detail }: Shown): string => (detail === "" ? activity : `${activity}: ${detail}`)

const screenOf = ({ provider, rules, screen, unseen, version }: Explained): string => {
  if (screen === null) return `cannot be looked at: ${unseen ?? "nobody says why"}`
  const by = screen.rule === null ? "no rule fits" : `by rule ${screen.rule}`
  const draft = screen.draft ? ", and words stand in its composer" : ""
  const of = rules === null ? "" : ` (${[provider, version].filter((word) => word !== null).join(" ")})`
  return `${shown(screen)}, ${by}${draft}${of}`
}

const rulesOf = ({ rules, version }: Explained): ReadonlyArray<string> => {
  if (rules === null) return []
  const other = version !== null && version !== rules.recorded ? `; this agent is ${version}` : ""
  const own = rules.own === null ? "" : `; corrected by ${rules.own}`
  return [line("rules", `written for ${rules.recorded}${other}${own}`)]
}

const heardOf = ({ heard }: Explained): string =>
  heard.length === 0
    ? "nothing"
    : heard
        .slice(-WORDS)
        .toReversed()
        .map(({ at, what }) => `${what} ${ago(at)} ago`)
        .join(", ")

export const explained = (about: Explained): string => {
  const { detail, next, session, since, state, stateFile } = about
  const [first, ...others] = next.map(({ state: other, when }) => `${when}: ${other}`)
  return [
    `${session.name} (${session.id}) is ${state}, for ${ago(since)}${detail === "" ? "" : `: ${detail}`}`,
    line("decided by", decider(about)),
    line("it said", heardOf(about)),
    line("its screen", screenOf(about)),
    ...(stateFile === null ? [] : [line("its own file", shown(stateFile))]),
    ...rulesOf(about),
    ...(first === undefined ? [] : [line("changes with", first)]),
    ...others.map((words) => line("", words))
  ].join("\n")
}
