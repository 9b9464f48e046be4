/** An error that is dropped in silence is a bug that cannot be found. An empty handler that says why is a decision. */
import { type Call, memberText, rule } from "./Rule.ts"

type Handler = Call["arguments"][number] | undefined

const handlesNothing = (handler: Handler, text: (node: NonNullable<Handler>) => string): boolean =>
  handler?.type === "ArrowFunctionExpression" && /=>\s*(?:\{\s*\}|Effect\.void)$/u.test(text(handler))

export const noSwallowedError = rule((context) => {
  const source = context.sourceCode
  const text = (node: NonNullable<Handler>) => source.getText(node)
  return {
    CatchClause: (node) => {
      if (node.body.body.length === 0 && source.getCommentsInside(node.body).length === 0)
        context.report({ node, message: "this error is dropped in silence: handle it, or say why in the block" })
    },
    CallExpression: (node) => {
      if (node.callee.type !== "MemberExpression") return
      const name = memberText(node.callee)
      // Defects are bugs: only who logs them may go on after one.
      const hidesDefects = name === "Effect.ignoreCause" || name === "Effect.catchCause"
      const catches = node.callee.property.type === "Identifier" && node.callee.property.name === "catch"
      const handler = node.arguments.at(-1)
      if (name === "Effect.ignoreCause" || ((catches || hidesDefects) && handlesNothing(handler, text)))
        context.report({
          node,
          message: "this error is dropped in silence: handle it, or disable this line and say why"
        })
    }
  }
})
