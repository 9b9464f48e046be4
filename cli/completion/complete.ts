/** `sm complete <shell> <words…>`: one candidate a line. It never fails: a Tab has nowhere to show it. */
import { ExitCode } from "../ExitCode.ts"
import { print } from "../Output.ts"
import { candidates } from "./Candidates.ts"
import { lineOf } from "./Line.ts"

export const complete = async ([shell = "", ...words]: ReadonlyArray<string>): Promise<number> => {
  const line = lineOf(shell, words)
  const offer = await candidates(line).catch(() => [])
  if (typeof offer === "string") print(`:${offer}`)
  else if (offer.length > 0) {
    print(
      offer
        .map(({ description, value }) =>
          shell === "bash" || description === "" ? value.slice(line.cut.length) : `${value}\t${description}`
        )
        .join("\n")
    )
  }
  return ExitCode.ok
}
