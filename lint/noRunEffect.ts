/** Effects are run at the edge of the process, once: a runner inside loses the fiber, its services and its interruption. */
import { memberText, rule } from "./Rule.ts"

const RUNNER = /^(?:Effect|NodeRuntime|Runtime)\.run(?:Promise|Sync|Fork|Callback|Main)\w*$|^ManagedRuntime\.make$/u

export const noRunEffect = rule((context) => ({
  MemberExpression: (node) => {
    const text = memberText(node)
    if (text === undefined || !RUNNER.test(text)) return
    context.report({ node, message: `${text} belongs into src/daemon.ts: return the effect instead` })
  }
}))
