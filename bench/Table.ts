/** What a benchmark prints: one row per measured thing, beside its ceiling from the same run and its target. */

export interface Row {
  readonly what: string
  readonly measured: string
  /** What the machine would allow: the same work without `sm`, measured in the same run. */
  readonly ceiling?: string
  /** Measured ÷ ceiling. */
  readonly ratio?: number
  readonly target?: string
  readonly met?: boolean
}

const HEAD = ["what", "measured", "ceiling (same run)", "ratio", "target", "met"] as const

const cells = ({ ceiling, measured, met, ratio, target, what }: Row): ReadonlyArray<string> => [
  what,
  measured,
  ceiling ?? "",
  ratio === undefined ? "" : `${ratio.toFixed(2)} ×`,
  target ?? "",
  met === undefined ? "" : met ? "yes" : "**no**"
]

/** A Markdown table, padded so that it reads well in a terminal too. */
export const table = (rows: ReadonlyArray<Row>): string => {
  const lines = [HEAD, ...rows.map(cells)]
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)))
  const show = (line: ReadonlyArray<string>) =>
    `| ${widths.map((width, column) => (line[column] ?? "").padEnd(width)).join(" | ")} |`
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`
  return [show(HEAD), rule, ...lines.slice(1).map(show)].join("\n")
}

export const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`
export const seconds = (value: number): string => `${(value / 1000).toFixed(2)} s`
export const perSecond = (value: number): string => `${Math.round(value)} /s`
