/** The daemon or its broker could not be reached, or did not answer in time. */
export class Unreachable extends Error {
  /** True when the request may have been stored although no answer came. */
  readonly sent: boolean
  constructor(message: string, sent: boolean) {
    super(message)
    this.sent = sent
  }
}
