/** A codec is compiled from its schema once, when the module loads; inside a function it is compiled at every call. */
import { type Call, memberText, rule } from "./Rule.ts"

const COMPILES = /^Schema\.(?:decode\w*|encode\w*|is|asserts)$/u

const insideFunction = (node: Call): boolean => {
  for (let above: unknown = node.parent; isNode(above); above = above.parent) {
    if (above.type.endsWith("FunctionExpression") || above.type === "FunctionDeclaration") return true
  }
  return false
}

const isNode = (value: unknown): value is { readonly type: string; readonly parent?: unknown } =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"

export const noInlineSchemaCompile = rule((context) => ({
  CallExpression: (node) => {
    const text = node.callee.type === "MemberExpression" ? memberText(node.callee) : undefined
    if (text === undefined || !COMPILES.test(text) || !insideFunction(node)) return
    context.report({ node, message: `${text} compiles at every call: make it a constant of the module` })
  }
}))
