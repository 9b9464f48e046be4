/** What a lint rule is: oxlint's own types, which it exports through its tester only. */
import type { RuleTester } from "oxlint/plugins-dev"

type AnyRule = Parameters<RuleTester["run"]>[1]
type CreatedRule = Extract<AnyRule, { readonly create: unknown }>

export type Context = Parameters<CreatedRule["create"]>[0]
export type Visitor = ReturnType<CreatedRule["create"]>
type Visited<K extends keyof Visitor> = Parameters<NonNullable<Visitor[K]>>[0]
export type Member = Visited<"MemberExpression">
/** Where a report points to. */
export type Place = NonNullable<Parameters<Context["report"]>[0]["node"]>
export type Call = Visited<"CallExpression">

/** A rule of one visitor per file. */
export const rule = (create: (context: Context) => Visitor): CreatedRule => ({ create })

/** The file as the repository names it. */
export const pathOf = (context: Context): string =>
  context.filename.startsWith(`${context.cwd}/`) ? context.filename.slice(context.cwd.length + 1) : context.filename

/** `Date.now` for that very expression; nothing for computed or longer ones. */
export const memberText = (node: Member): string | undefined =>
  node.object.type === "Identifier" && node.property.type === "Identifier" && !node.computed
    ? `${node.object.name}.${node.property.name}`
    : undefined
