/** Letters that go as one prompt: what they are together, and how they end without having arrived. */
import { Effect, Option } from "effect"
import type { AgentAdapter } from "../../agents/Agent.ts"
import type { Broker } from "../../broker/Broker.ts"
import type { Letter } from "../../domain/Letter.ts"
import { MAX_TRIES } from "./Delivery.ts"
import type { Report } from "./SessionReactor.ts"
import type { State } from "./State.ts"
import { promptOf } from "./Wording.ts"

export type Letters = ReadonlyArray<Letter>

/** One attempt at bringing them to the agent. */
export const keyOf = ([first]: Letters): string => `${first?.id}#${first?.tries}`
export const idsOf = (letters: Letters) => letters.map(({ id }) => id)
export const isClear = (letters: Letters): boolean => letters.some(({ kind }) => kind === "clear")
export const isControl = (letters: Letters): boolean => letters.some(({ kind }) => kind === "control")

/** The text as the agent shall read it; none when it is lost. */
export const wording = (letters: Letters, adapter: AgentAdapter): Effect.Effect<Option.Option<string>, never, Broker> =>
  isClear(letters) ? Effect.succeedSome(adapter.clear) : promptOf(letters)

export const giveUp = (report: Report, letters: Letters, evidence: string): void =>
  report("GaveUp", { ids: idsOf(letters), evidence })

/** Back into the line, but for those that were there too often. `phase`: what keeps the agent from taking them. */
export const withhold = (report: Report, letters: Letters, phase: State["phase"] | null, detail: string): void => {
  const spent = letters.filter(({ tries }) => phase === null && tries >= MAX_TRIES)
  if (spent.length > 0) giveUp(report, spent, `parked after ${MAX_TRIES} attempts: ${detail}`)
  const others = letters.filter((letter) => !spent.includes(letter))
  if (others.length > 0) report("Withheld", { ids: idsOf(others), phase, detail })
}
