/** Words close to a mistyped one. */

/** Letters to change, add, drop or swap with their neighbour. */
const distance = (one: string, two: string): number => {
  const rows = [Array.from({ length: two.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0
  for (let i = 1; i <= one.length; i++) {
    rows.push([i])
    for (let j = 1; j <= two.length; j++) {
      const same = one[i - 1] === two[j - 1] ? 0 : 1
      const swapped = i > 1 && j > 1 && one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1]
      rows[i]?.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + same,
          swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY
        )
      )
    }
  }
  return at(one.length, two.length)
}

/** At most three, nearest first; a beginning counts as near. */
export const near = (word: string, known: ReadonlyArray<string>): ReadonlyArray<string> =>
  known
    .map((name) => ({
      name,
      far: name.startsWith(word.toLowerCase()) && word !== "" ? 0.5 : distance(word.toLowerCase(), name.toLowerCase())
    }))
    .filter(({ far, name }) => far <= Math.max(1, Math.floor(name.length / 3)))
    .sort((one, two) => one.far - two.far)
    .slice(0, 3)
    .map(({ name }) => name)

/** "; did you mean x or y?", or nothing. */
export const perhaps = (word: string, known: ReadonlyArray<string>): string => {
  const close = near(word, known)
  return close.length === 0 ? "" : `; did you mean ${close.join(" or ")}?`
}
