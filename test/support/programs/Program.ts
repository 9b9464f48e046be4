/** A scripted program for a pane: the same one runs in a fake pane and, by `main.ts`, in a real one. */

export interface Surface {
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Writes to the terminal. */
  readonly write: (text: string) => void
  readonly exit: (status: number) => void
}

/** Called once at the start; answers with what to do with bytes that arrive. */
export type Program = (surface: Surface) => (bytes: string) => void
