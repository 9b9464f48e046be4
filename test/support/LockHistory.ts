/** What users of leases wrote, line by line: never two of them inside with a good lease, and fences that tell who was last. */
import { assert } from "@effect/vitest"
import { meets } from "../../src/domain/Glob.ts"
import type { Line } from "./LockUser.ts"

const share = (one: Line, two: Line): boolean => one.path === null || two.path === null || meets(one.path, two.path)

/** `clumsy`: may write late, for it was stopped in the middle. Answers how many were inside, and how many came out too late. */
export const checkHistory = (lines: ReadonlyArray<Line>, clumsy: ReadonlySet<string> = new Set()) => {
  const inside = new Map<number, Line>()
  let late = 0
  let rejected = 0
  for (const line of lines) {
    const others = [...inside.values()].filter((other) => other.who !== line.who && share(other, line))
    if (line.what === "in") {
      // What a store that knows fences would refuse: somebody newer was there.
      const newer = lines
        .slice(0, lines.indexOf(line))
        .some((other) => other.who !== line.who && other.fence > line.fence && share(other, line))
      if (newer) {
        assert.isTrue(clumsy.has(line.who), `${line.who} enters with an old fence: ${JSON.stringify(line)}`)
        rejected++
        continue
      }
      const good = others.filter(({ until }) => until > line.at)
      assert.deepStrictEqual(good, [], `${JSON.stringify(line)} enters beside another whose lease is good`)
      inside.set(line.fence, line)
      continue
    }
    inside.delete(line.fence)
    if (line.at >= line.until) {
      late++
      continue
    }
    // Its lease was good to the last: nobody may have come in meanwhile.
    const meanwhile = others.filter(({ fence }) => fence > line.fence)
    if (!clumsy.has(line.who)) assert.deepStrictEqual(meanwhile, [], `${JSON.stringify(line)} was not alone`)
  }
  return { entered: lines.filter(({ what }) => what === "in").length, late, rejected }
}
