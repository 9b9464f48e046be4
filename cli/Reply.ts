/** What the daemon answers, and what `--json` prints. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly hint: string
}
export type Reply = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: Failure }
