/** The command line is wrong. The message is one sentence that names the field; the hint is how it is right. */
export class Misuse extends Error {
  readonly hint: string
  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

const whole = /^\d{1,15}$/u

/** A number option: whole and within its bounds. `right` is a command line that works. */
export const wholeNumber = (field: string, text: string, min: number, max: number, right: string): number => {
  const value = whole.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  const bounds = max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`
  throw new Misuse(`${field} is a whole number ${bounds}, not ${text === "" ? "empty" : text}`, right)
}

/** Seconds, also fractions of one. */
export const seconds = (field: string, text: string, max: number, right: string): number => {
  const value = text.trim() === "" ? Number.NaN : Number(text)
  if (Number.isFinite(value) && value > 0 && value <= max) return value
  const bounds = max === Infinity ? "above 0" : `above 0 and at most ${max}`
  throw new Misuse(`${field} is a number of seconds ${bounds}, not ${text === "" ? "empty" : text}`, right)
}
