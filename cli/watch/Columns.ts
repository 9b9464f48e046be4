/** Which columns there is room for, and how wide each is. */

export type ColumnName = "flag" | "name" | "role" | "state" | "age" | "context" | "mail" | "lease" | "last" | "says"

export interface Column {
  readonly name: ColumnName
  readonly head: string
  readonly width: number
  readonly right?: true
}

/** What the sessions would like to show, in columns. */
export interface Demand {
  /** The longest name with its branch. */
  readonly name: number
  /** The longest role; 0 when nobody has one. */
  readonly role: number
  /** The longest lease; 0 when nobody holds or waits for one. */
  readonly lease: number
  /** Somebody says something of itself. */
  readonly says: boolean
}

const between = (least: number, value: number, most: number): number => Math.max(least, Math.min(value, most))

const FLAG: Column = { name: "flag", head: "", width: 1 }
const STATE: Column = { name: "state", head: "STATE", width: 10 }
const AGE: Column = { name: "age", head: "FOR", width: 3, right: true }
const CONTEXT: Column = { name: "context", head: "CTX", width: 4, right: true }
const MAIL: Column = { name: "mail", head: "MSG", width: 3, right: true }

/** From left to right, one column apart. */
export const columnsFor = (width: number, demand: Demand): ReadonlyArray<Column> => {
  const name: Column = { name: "name", head: "NAME", width: between(8, demand.name, Math.floor(width * 0.3)) }
  const role: ReadonlyArray<Column> =
    demand.role > 0 && width >= 110 ? [{ name: "role", head: "ROLE", width: between(4, demand.role, 12) }] : []
  const lease: ReadonlyArray<Column> =
    demand.lease === 0 || width < 64
      ? []
      : [{ name: "lease", head: width < 100 ? "L" : "LEASE", width: width < 100 ? 1 : between(5, demand.lease, 20) }]
  const small = [FLAG, name, ...role, STATE]
  const fixed = width < 40 ? small : width < 56 ? [...small, AGE, CONTEXT] : [...small, AGE, CONTEXT, MAIL, ...lease]
  const left = width - fixed.reduce((sum, column) => sum + column.width + 1, 0)
  if (left < 6) return fixed
  const says = demand.says && left >= 56 ? Math.floor(left / 2) : 0
  const last: Column = { name: "last", head: "LAST", width: left - (says === 0 ? 0 : says + 1) }
  return says === 0 ? [...fixed, last] : [...fixed, last, { name: "says", head: "SAYS", width: says }]
}
