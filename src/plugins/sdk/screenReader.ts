/** Reads a screen by rules: the first that fits says what the agent is doing. Pure. */
import type { Observation } from "../../agents/Agent.ts"
import type { Screen, Stroke } from "../../terminal/Terminal.ts"
import { within } from "./agentVersion.ts"
import { draftIn, finder, type Framed } from "./composerFrame.ts"
import type { Answer, Condition, Look, Pick, Rule, RuleSet } from "./screenRules.ts"

/** `version`: the agent's, as far as it is known. */
export type Read = (screen: Screen, version?: string) => Observation

interface Scene {
  readonly screen: Screen
  readonly lines: ReadonlyArray<string>
  readonly rows: ReadonlyArray<string>
  readonly frame: Framed | undefined
}

const REGIONS: Readonly<Record<Look["in"], (scene: Scene) => ReadonlyArray<string>>> = {
  title: ({ screen }) => [screen.title],
  screen: ({ lines }) => lines,
  rows: ({ rows }) => rows,
  above: ({ frame, lines }) => frame?.above ?? lines,
  below: ({ frame, lines }) => frame?.below ?? lines,
  block: ({ frame, lines }) => {
    const above = frame?.above ?? lines
    const end = above.findLastIndex((line) => line.trim() !== "")
    const start = above.findLastIndex((line, y) => y <= end && line.trim() === "")
    return above.slice(start + 1, end + 1)
  }
}

type Lines = (scene: Scene) => ReadonlyArray<string>
type Holds = (scene: Scene) => boolean

const linesOf = ({ except, first, in: region, last, only }: Omit<Look, "anyCase" | "says">): Lines => {
  const wanted = only === undefined ? undefined : RegExp(only, "u")
  const unwanted = except === undefined ? undefined : RegExp(except, "u")
  return (scene) => {
    const all = REGIONS[region](scene)
    const some = all.filter((line) => wanted?.test(line) !== false && unwanted?.test(line) !== true)
    const begun = first === undefined ? some : some.slice(0, first)
    return last === undefined ? begun : begun.slice(-last)
  }
}

const looking = (look: Look): Holds => {
  const lines = linesOf(look)
  const says = RegExp(look.says, look.anyCase === true ? "iu" : "u")
  return (scene) => lines(scene).some((line) => says.test(line))
}

const picking = (pick: Pick) => {
  const lines = linesOf(pick)
  const says = RegExp(pick.says, "u")
  return (scene: Scene): string => {
    const all = lines(scene)
    const fits = (line: string) => says.test(line)
    return ((pick.take === "last" ? all.findLast(fits) : all.find(fits)) ?? "").slice(pick.cut ?? 0).trim()
  }
}

interface Step {
  readonly answer: ReadonlyArray<Stroke>
  readonly step?: string
}

/** One step; none while the menu is not as it must be. */
const answering = (answer: Answer) => {
  if ("press" in answer) return (): Step => ({ answer: [{ _tag: "Press", keys: answer.press }] })
  const [asked, choose, mark] = [answer.asked, answer.choose, answer.mark].map((text) => RegExp(text, "u"))
  return ({ rows }: Scene): Step | undefined => {
    const from = rows.findLastIndex((line) => asked?.test(line) === true)
    const menu = from < 0 ? [] : rows.slice(from)
    const at = menu.findIndex((line) => mark?.test(line) === true)
    const target = menu.findIndex((line) => choose?.test(line.trimEnd()) === true)
    if (at < 0 || target < 0) return undefined
    const key = target === at ? "Enter" : target > at ? "Down" : "Up"
    return { answer: [{ _tag: "Press", keys: [key] }], step: (menu[at] ?? "").trim() }
  }
}

/** What a rule says of a scene; none when it does not fit. */
type Say = (scene: Scene, standing: string) => Omit<Observation, "draft"> | undefined

const saying = (rule: Rule, holds: (condition: Condition) => Holds): Say => {
  const all = (rule.all ?? []).map(holds)
  const any = rule.any?.map(holds)
  const none = (rule.none ?? []).map(holds)
  const picks = (rule.detail ?? []).map(picking)
  const answer = rule.answer === undefined ? undefined : answering(rule.answer)
  const activity = rule.activity ?? "unknown"
  return (scene, standing) => {
    if (rule.composer?.some((wanted) => wanted === standing) === false) return undefined
    const fits = (condition: Holds) => condition(scene)
    if (!all.every(fits) || any?.some(fits) === false || none.some(fits)) return undefined
    const step = answer?.(scene)
    if (answer !== undefined && step === undefined) return undefined
    const detail = picks.reduce((found, pick) => found || pick(scene), "")
    const answers = step === undefined ? {} : { ...step, ...(rule.declines === true ? { declines: true } : {}) }
    return { activity, detail, ...answers, rule: rule.name }
  }
}

export const readerOf = (set: RuleSet): Read => {
  const find = finder(set.composer)
  const looks = new Map(Object.entries(set.looks).map(([name, look]) => [name, looking(look)]))
  const holds = (condition: Condition): Holds =>
    typeof condition === "string" ? (looks.get(condition) ?? (() => false)) : looking(condition)
  const yields = (set.composer.yields ?? []).map(holds)
  const rules = set.rules.map((rule) => ({ ...rule, say: saying(rule, holds) }))

  return (screen, version) => {
    if (screen.dead) return { activity: "exited", detail: "", draft: null, rule: "dead-pane" }
    const lines = screen.text.split("\n")
    const frame = find(screen, lines)
    const scene = { screen, lines, rows: lines.filter((line) => line.trim() !== ""), frame }
    const free = frame?.focused === true && !yields.some((condition) => condition(scene))
    const standing = free ? "free" : frame === undefined ? "none" : "taken"
    const heeded = rules.filter(({ agent }) => within(agent, version))
    const says = (wanted: (rule: Rule) => boolean) => {
      for (const rule of heeded) {
        const said = wanted(rule) ? rule.say(scene, standing) : undefined
        if (said !== undefined) return said
      }
      return undefined
    }
    const marked = (mark: "queued" | "refused") => says(({ marks }) => marks === mark) !== undefined
    const said = says(({ activity }) => activity !== undefined)
    if (said === undefined) return { activity: "unknown", detail: "", draft: null }
    const draft = free && (said.activity === "idle" || said.activity === "busy")
    return {
      ...said,
      draft: draft && frame !== undefined ? draftIn(set.composer, frame, screen) : null,
      ...(marked("queued") ? { queued: true } : {}),
      ...(marked("refused") ? { refused: true } : {})
    }
  }
}
