/** How an agent asks for a permission: by a hook that waits for the answer, and by a dialog that keys answer. */
import type { Approval } from "../domain/Approval.ts"
import type { Stroke } from "../terminal/Terminal.ts"

/** What a hook asks for. */
export interface Ask extends Pick<Approval, "detail" | "kind" | "subject" | "tool"> {
  /** Where the tool would run, if the hook says so. */
  readonly workingDir: string | undefined
}

export interface Asking {
  /** Pure: what this report asks for; none when it is not a question. */
  readonly read: (event: string, payload: unknown) => Ask | undefined
  /** While the hook waits the dialog stands `beside` it and can be answered, or it comes only `after` it. */
  readonly dialog: "beside" | "after"
}

/** A permission dialog as it stands on the screen. */
export interface Dialog extends Pick<Approval, "detail" | "kind" | "tool"> {
  /** Is it the dialog of this question? True only where the screen shows so. */
  readonly about: (asked: Pick<Approval, "subject" | "tool" | "workingDir">) => boolean
  /** One step towards the answer: moves the mark or confirms. None where it takes words. */
  readonly approve: ReadonlyArray<Stroke> | undefined
  readonly deny: ReadonlyArray<Stroke> | undefined
}
