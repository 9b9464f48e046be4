/** The signs that are drawn, also where a terminal knows no others than ASCII. */

export interface Glyphs {
  readonly fork: string
  readonly corner: string
  readonly trunk: string
  readonly dot: string
  readonly rule: string
  readonly down: string
  readonly up: string
}

export const UNICODE: Glyphs = { fork: "├ ", corner: "└ ", trunk: "│ ", dot: "·", rule: "─", down: "↓", up: "↑" }
export const ASCII_ONLY: Glyphs = { fork: "|-", corner: "`-", trunk: "| ", dot: "-", rule: "-", down: "v", up: "^" }

/** What the environment says of the terminal; one that says nothing is taken to know Unicode. */
export const glyphsOf = (env: Readonly<Record<string, string | undefined>>): Glyphs => {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((value) => value !== undefined && value !== "")
  const poor = env["TERM"] === "linux" || env["TERM"] === "vt100"
  return poor || (locale !== undefined && !/utf-?8/iu.test(locale)) ? ASCII_ONLY : UNICODE
}
