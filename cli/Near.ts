/** Words close to a mistyped one: for commands and options, which the daemon does not know. */

const distance = (one: string, two: string): number => {
  let row = Array.from({ length: two.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= two.length; j++) {
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (one[i - 1] === two[j - 1] ? 0 : 1)
      )
    }
    row = next
  }
  return row[two.length] ?? 0
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
