/** The published exit codes of `sm`. Hook commands have their own, for agents give them meaning. */
export const ExitCode = {
  ok: 0,
  /** The answer is no. */
  refused: 1,
  /** The command line is wrong. */
  misuse: 2,
  /** The daemon or the broker cannot be reached. */
  unreachable: 3,
  /** It did not come about in the time given. */
  timeout: 4,
  /** A defect of sm. */
  bug: 70
} as const

export const codeOf = (error: { readonly code: string }): number => {
  if (error.code === "invalid") return ExitCode.misuse
  if (error.code === "unavailable") return ExitCode.unreachable
  if (error.code === "timeout") return ExitCode.timeout
  return error.code === "internal" ? ExitCode.bug : ExitCode.refused
}
