/** How times are written on the command line. */
import { assert, describe, it } from "@effect/vitest"
import { lengthOf, when } from "../../cli/When.ts"

/** Local time, whatever the zone: an ordinary afternoon. */
const local = (day: number, hours: number, minutes = 0, seconds = 0) =>
  new Date(2026, 10, day, hours, minutes, seconds).getTime()
const now = local(24, 16, 30)

describe("a length of time", () => {
  const table: ReadonlyArray<readonly [string, number | undefined]> = [
    ["30", 30_000],
    ["90", 90_000],
    ["1.5", 1500],
    ["45s", 45_000],
    ["5m", 300_000],
    ["1h30m", 5_400_000],
    ["2d", 172_800_000],
    ["1d2h3m4s", 93_784_000],
    ["0", undefined],
    ["0m", undefined],
    ["", undefined],
    ["-5", undefined],
    ["5 m", undefined],
    ["1h30", undefined],
    ["30m1h", undefined],
    ["5min", undefined],
    ["1e3", undefined],
    ["soon", undefined],
    ["9".repeat(20), undefined]
  ]
  for (const [text, ms] of table)
    it(`${text || "(empty)"} is ${ms ?? "none"}`, () => assert.strictEqual(lengthOf(text), ms))
})

describe("the time that words begin with", () => {
  const table: ReadonlyArray<readonly [string, ReadonlyArray<string>, number | undefined, ReadonlyArray<string>]> = [
    ["seconds", ["30", "look"], now + 30_000, ["look"]],
    ["a length", ["1h30m", "two", "words"], now + 5_400_000, ["two", "words"]],
    ["a time of day to come", ["at", "17:00", "tea"], local(24, 17), ["tea"]],
    ["quoted", ["at 17:00", "tea"], local(24, 17), ["tea"]],
    ["one digit and seconds", ["at", "9:05:07"], local(25, 9, 5, 7), []],
    ["a time of day that is over: tomorrow's", ["at", "16:29"], local(25, 16, 29), []],
    ["this very minute: tomorrow's", ["at", "16:30"], local(25, 16, 30), []],
    ["midnight", ["at", "0:00", "x"], local(25, 0), ["x"]],
    ["no such hour", ["at", "24:00"], undefined, []],
    ["no minutes", ["at", "17"], undefined, []],
    ["at alone", ["at"], undefined, []],
    ["words", ["check", "5m"], undefined, []],
    ["a number at the head of a quoted text", ["30 pushups"], undefined, []],
    ["nothing", [], undefined, []]
  ]
  for (const [title, words, at, rest] of table)
    it(title, () => assert.deepStrictEqual(when(words, now), at === undefined ? undefined : { at, rest }))
})
