/** Rules about what an agent's screen shows, as data: shipped as JSON beside each kind, corrected by people in YAML. */
import { Result, Schema } from "effect"
import { Key } from "../../terminal/Terminal.ts"
import { versionRange } from "./agentVersion.ts"

/** A regular expression, in Unicode mode. */
const Pattern = Schema.String.check(
  Schema.makeFilter((text: string) => {
    try {
      RegExp(text, "u")
      return true
    } catch (error) {
      return error instanceof Error ? error.message : `${text} is no regular expression`
    }
  })
)
const Count = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))
const Name = Schema.String.check(Schema.isPattern(/^[a-z][a-z0-9-]{0,63}$/u))

/**
 * Lines of the screen. `rows`: those that show something. `above`, `below`: of the composer; without one, all. `block`: the
 * paragraph right above the composer. Then `only` these, `except` those, and of what is left the first or last so many.
 */
const LINES = {
  in: Schema.Literals(["title", "screen", "rows", "above", "block", "below"]),
  only: Schema.optionalKey(Pattern),
  except: Schema.optionalKey(Pattern),
  first: Schema.optionalKey(Count),
  last: Schema.optionalKey(Count)
}
/** Does one of these lines match? */
const Look = Schema.Struct({ ...LINES, says: Pattern, anyCase: Schema.optionalKey(Schema.Boolean) })
export type Look = typeof Look.Type
/** A look, or the name of one of the file's. */
const Condition = Schema.Union([Look, Name])
export type Condition = typeof Condition.Type

/** The lowest (`last`) or highest of these lines that matches, without its first `cut` characters. */
const Pick = Schema.Struct({
  ...LINES,
  says: Pattern,
  take: Schema.Literals(["first", "last"]),
  cut: Schema.optionalKey(Count)
})
export type Pick = typeof Pick.Type

/**
 * What spawning the agent has answered already. `press`: these keys. Else one step: below the line that is `asked`, the
 * `mark` of the menu is moved towards the option to `choose`, and Enter once it stands there.
 */
const Answer = Schema.Union([
  Schema.Struct({ press: Schema.NonEmptyArray(Key) }),
  Schema.Struct({ asked: Pattern, mark: Pattern, choose: Pattern })
])
export type Answer = typeof Answer.Type

/**
 * Where the agent takes text. `box`: between two lines that match `rule`, the upper one followed by a `mark`. `cursor`: marked
 * and indented rows that hold the cursor. `yields`: then something else takes the keys, although it can be seen.
 */
export const Composer = Schema.Struct({
  frame: Schema.Literals(["box", "cursor"]),
  rule: Schema.optionalKey(Pattern),
  mark: Pattern,
  /** A first row that begins with this is for a shell. */
  shell: Schema.String,
  /** Columns before the text. */
  indent: Count,
  yields: Schema.optionalKey(Schema.Array(Condition))
})
export type Composer = typeof Composer.Type

/** `free`: it takes the keys. `taken`: it can be seen and something else takes them. `none`: it cannot be seen. */
const Standing = Schema.Literals(["free", "taken", "none"])

export const Rule = Schema.Struct({
  name: Name,
  /** Versions of the agent that it is about, such as `>=2.1.300 <3`. Of an agent whose version is not known all rules hold. */
  agent: Schema.optionalKey(versionRange),
  composer: Schema.optionalKey(Schema.Array(Standing)),
  all: Schema.optionalKey(Schema.Array(Condition)),
  any: Schema.optionalKey(Schema.NonEmptyArray(Condition)),
  none: Schema.optionalKey(Schema.Array(Condition)),
  /** The first rule with one that fits decides. */
  activity: Schema.optionalKey(Schema.Literals(["starting", "idle", "busy", "dialog", "exited", "unknown"])),
  /** Besides: typed words wait in the agent's own line; the clear typed last was refused. */
  marks: Schema.optionalKey(Schema.Literals(["queued", "refused"])),
  /** The first that finds something is the detail. */
  detail: Schema.optionalKey(Schema.Array(Pick)),
  answer: Schema.optionalKey(Answer),
  declines: Schema.optionalKey(Schema.Boolean)
}).check(
  Schema.makeFilter((rule) => {
    if ((rule.activity === undefined) === (rule.marks === undefined))
      return `${rule.name} has one of activity and marks`
    return rule.answer === undefined || rule.activity === "dialog" || `${rule.name} answers what is no dialog`
  })
)
export type Rule = typeof Rule.Type

export const RuleSet = Schema.Struct({
  v: Schema.Literal(1),
  /** The version of the agent whose screens were recorded for these rules. */
  recorded: Schema.String,
  composer: Composer,
  looks: Schema.Record(Name, Look),
  rules: Schema.Array(Rule)
})
export type RuleSet = typeof RuleSet.Type

/** A shipped rule that does not hold. */
const Off = Schema.Struct({ name: Name, off: Schema.Literal(true) })

/** What people write: rules of a shipped name take its place, others come before all that are shipped. */
const Corrections = Schema.Struct({
  v: Schema.Literal(1),
  composer: Schema.optionalKey(Composer),
  looks: Schema.optionalKey(Schema.Record(Name, Look)),
  rules: Schema.optionalKey(Schema.Array(Schema.Union([Off, Rule])))
})
type Corrections = typeof Corrections.Type

const strict = { onExcessProperty: "error" } as const
export const decodeRules = Schema.decodeUnknownSync(RuleSet, strict)
const decodeCorrections = Schema.decodeUnknownResult(Corrections, strict)

const conditionsOf = ({ composer, rules }: RuleSet): ReadonlyArray<Condition> => [
  ...(composer.yields ?? []),
  ...rules.flatMap(({ all = [], any = [], none = [] }) => [...all, ...any, ...none])
]

/** What is wrong with a set as a whole; nothing when it is sound. */
const fault = (set: RuleSet): string | undefined => {
  const twice = set.rules.find(({ name }, place) => set.rules.findIndex((other) => other.name === name) !== place)
  if (twice !== undefined) return `two rules are called ${twice.name}`
  const lost = conditionsOf(set)
    .filter((condition) => typeof condition === "string")
    .find((name) => !(name in set.looks))
  if (lost !== undefined) return `no look is called ${lost}`
  return set.composer.frame === "box" && set.composer.rule === undefined
    ? "a composer in a box needs its rule"
    : undefined
}

/** The shipped rules as somebody corrects them. The failure is one sentence for whoever wrote the corrections. */
export const corrected = (shipped: RuleSet, written: unknown): Result.Result<RuleSet, string> => {
  const found = decodeCorrections(written)
  if (Result.isFailure(found)) return Result.fail(found.failure.message.replaceAll(/\s*\n\s*/gu, " "))
  const { composer = shipped.composer, looks = {}, rules = [] } = found.success
  const names = new Set(shipped.rules.map(({ name }) => name))
  const off = rules.filter((rule) => "off" in rule)
  const missing = off.find(({ name }) => !names.has(name))
  if (missing !== undefined) return Result.fail(`there is no rule ${missing.name} to switch off`)
  const own = rules.filter((rule) => !("off" in rule))
  const kept = shipped.rules
    .filter(({ name }) => !off.some((other) => other.name === name))
    .map((rule) => own.find(({ name }) => name === rule.name) ?? rule)
  const set = {
    ...shipped,
    composer,
    looks: { ...shipped.looks, ...looks },
    rules: [...own.filter(({ name }) => !names.has(name)), ...kept]
  }
  const wrong = fault(set)
  return wrong === undefined ? Result.succeed(set) : Result.fail(wrong)
}
