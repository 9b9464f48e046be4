/** A line being typed: signs and where the cursor stands between them. Pure. */
import type { Key, KeyName } from "./Keys.ts"
import { tail, widthOf } from "./Wide.ts"

export interface Draft {
  readonly signs: ReadonlyArray<string>
  readonly at: number
}
/** What a person takes for one sign. */
const SIGNS = new Intl.Segmenter(undefined, { granularity: "grapheme" })
const signsOf = (text: string): ReadonlyArray<string> => Array.from(SIGNS.segment(text), ({ segment }) => segment)

export const EMPTY_DRAFT: Draft = { signs: [], at: 0 }
export const draftText = ({ signs }: Draft): string => signs.join("")

const insert = ({ at, signs }: Draft, text: string): Draft => {
  const fresh = signsOf(text)
  return { signs: [...signs.slice(0, at), ...fresh, ...signs.slice(at)], at: at + fresh.length }
}
export const draftOf = (text: string): Draft => insert(EMPTY_DRAFT, text)

const without = ({ signs }: Draft, from: number, to: number): Draft => ({
  signs: [...signs.slice(0, from), ...signs.slice(to)],
  at: from
})

const wordBefore = ({ at, signs }: Draft): number => {
  let from = at
  while (from > 0 && signs[from - 1]?.trim() === "") from -= 1
  while (from > 0 && signs[from - 1]?.trim() !== "") from -= 1
  return from
}

const EDITS: Readonly<Partial<Record<KeyName, (draft: Draft) => Draft>>> = {
  left: (draft) => ({ ...draft, at: Math.max(0, draft.at - 1) }),
  right: (draft) => ({ ...draft, at: Math.min(draft.signs.length, draft.at + 1) }),
  home: (draft) => ({ ...draft, at: 0 }),
  "line-start": (draft) => ({ ...draft, at: 0 }),
  end: (draft) => ({ ...draft, at: draft.signs.length }),
  "line-end": (draft) => ({ ...draft, at: draft.signs.length }),
  backspace: (draft) => without(draft, Math.max(0, draft.at - 1), draft.at),
  delete: (draft) => ({ ...without(draft, draft.at, draft.at + 1), at: draft.at }),
  "kill-line": (draft) => without(draft, 0, draft.at),
  "kill-rest": (draft) => without(draft, draft.at, draft.signs.length),
  "kill-word": (draft) => without(draft, wordBefore(draft), draft.at),
  "new-line": (draft) => insert(draft, "\n")
}

/** None: the key is none of an editor's. */
export const edit = (draft: Draft, key: Key): Draft | undefined => {
  if (key.type === "text") return insert(draft, key.text)
  if (key.type === "paste") return insert(draft, key.text.replaceAll(/\r\n?/gu, "\n"))
  return EDITS[key.name]?.(draft)
}

const seen = (signs: ReadonlyArray<string>): string =>
  signs
    .join("")
    .replaceAll("\n", "⏎")
    .replaceAll("\t", " ")
    .replaceAll(/\p{Cc}/gu, "")

/** The part around the cursor that fits, and the cursor's column in it. */
export const draftShown = (draft: Draft, width: number): { readonly text: string; readonly column: number } => {
  const before = seen(draft.signs.slice(0, draft.at))
  const after = seen(draft.signs.slice(draft.at))
  const room = Math.max(1, width - 1)
  const head = widthOf(before) <= room ? before : `…${tail(before, room - 1)}`
  return { text: `${head}${after}`, column: widthOf(head) }
}
