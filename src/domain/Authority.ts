/** Who may do what to a session: a person everything, a session only what concerns its own children. */
import type { Sender } from "./Message.ts"
import type { SessionCard } from "./Session.ts"

/** Why `by` may not, and what to do instead; none when it may. */
export const onlyParent = (
  { id, name, parentId }: { readonly id: string; readonly name: string; readonly parentId: SessionCard["parentId"] },
  by: Sender,
  verb: string
): { readonly reason: string; readonly hint: string } | undefined =>
  by.kind !== "session" || (parentId !== null && by.id === parentId)
    ? undefined
    : {
        reason: `only the parent of ${name} (${id}) may ${verb} it`,
        hint: parentId === null ? "it has no parent: ask the person at the keyboard" : `ask session ${parentId}`
      }
