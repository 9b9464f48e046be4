/** Time, chance, environment and timers come from services, so that a test can set them and a fiber can be interrupted. */
import { memberText, type Place, rule } from "./Rule.ts"

const INSTEAD: Readonly<Record<string, string>> = {
  "Date.now": "Clock.currentTimeMillis",
  "performance.now": "Clock.currentTimeNanos",
  "Math.random": "Random",
  "process.env": "Settings, or what App passes on",
  Date: "DateTime.now",
  setTimeout: "Effect.sleep",
  setInterval: "Effect.repeat with a Schedule",
  setImmediate: "Effect.yieldNow"
}

export const noAmbient = rule((context) => {
  const found = (node: Place, text: string) => {
    const instead = INSTEAD[text]
    if (instead !== undefined) context.report({ node, message: `${text} is ambient: use ${instead}` })
  }
  return {
    MemberExpression: (node) => found(node, memberText(node) ?? ""),
    CallExpression: (node) => {
      if (node.callee.type === "Identifier") found(node, node.callee.name)
    },
    // `new Date(millis)` only converts.
    NewExpression: (node) => {
      if (node.callee.type === "Identifier" && node.callee.name === "Date" && node.arguments.length === 0)
        found(node, "Date")
    }
  }
})
