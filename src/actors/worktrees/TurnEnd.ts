/** Pure: what an agent is told whose turn ended with uncommitted work in a worktree, once for each state of its files. */
import { HostId, type SessionId } from "../../domain/Ids.ts"
import { noticeId } from "../NoticeId.ts"
import { Out, tell } from "../Out.ts"
import { ownLetter } from "../OwnLetter.ts"
import { Session } from "../session/Session.ts"
import type { State, Turn } from "./Worktrees.ts"

export interface Look {
  readonly root: string
  readonly branch: string | null
  /** The first of them. */
  readonly changes: ReadonlyArray<string>
  readonly count: number
  readonly digest: string
}

/** Changes that are shown. */
export const SHOWN = 12
/** Of whom it is remembered what they were told. */
const REMEMBERED = 200

/** FNV-1a over all lines of `git status`: the same files in the same state give the same words. */
export const digestOf = (branch: string | null, changes: ReadonlyArray<string>): string => {
  let sum = 0xcbf29ce484222325n
  for (const char of [branch ?? "", ...changes].join("\n"))
    sum = ((sum ^ BigInt(char.codePointAt(0) ?? 0)) * 0x100000001b3n) & 0xffffffffffffffffn
  return sum.toString(36)
}

const files = (count: number): string => (count === 1 ? "1 file" : `${count} files`)

/** `made`: it is one of sm's, which keeps its work when it is removed. */
export const wordingOf = ({ branch, changes, count, root }: Look, made: boolean): string => {
  const push = `git push -u origin ${branch ?? "HEAD:<branch>"}`
  return [
    `[sm worktree] Your turn ended with uncommitted work in ${root} (${branch === null ? "on no branch" : `branch ${branch}`}), ${files(count)}:`,
    ...changes.map((line) => `  ${line}`),
    ...(count > changes.length ? [`  … and ${count - changes.length} more`] : []),
    "Choose one:",
    `1. Done, for review: commit, ${push}, and open a pull request.`,
    `2. Done, no review: commit and ${push}.`,
    made
      ? `3. Not wanted: leave it. When your session has ended, sm worktree remove ${branch ?? root} removes it and keeps what was not pushed in a bundle.`
      : `3. Not wanted: from another directory, git worktree remove --force ${root}. That loses these files.`,
    "If you are not done, go on with that. You are not told of these files again while they stay as they are."
  ].join("\n")
}

/** `host`: where the session is. */
export const tellTurn = (state: State, host: string, { at, epoch, session }: Turn, looks: ReadonlyArray<Look>) => {
  const known = (root: string) => state.told.find((told) => told.session === session && told.root === root)
  const roots = new Set(looks.map(({ root }) => root))
  const others = state.told.filter((told) => told.session !== session || !roots.has(told.root))
  const dirty = looks.filter(({ count }) => count > 0)
  const told = dirty.map(({ digest, root }) => ({ session, root, digest }))
  const out = dirty
    .filter(({ digest, root }) => known(root)?.digest !== digest)
    .flatMap((look) => letterTo(session, HostId.make(host), at, epoch, look, isOurs(state, look.root)))
  return { state: { ...state, told: [...others, ...told].slice(-REMEMBERED) }, out }
}

const isOurs = ({ entries }: State, root: string): boolean => entries.some(({ worktree }) => worktree.path === root)

const letterTo = (
  session: SessionId,
  host: HostId,
  at: number,
  epoch: number,
  look: Look,
  made: boolean
): ReadonlyArray<Out> => {
  const text = wordingOf(look, made)
  const id = noticeId(at, `worktree ${session} ${look.root} ${look.digest}`)
  // One that still waits is worth nothing beside the next, and nothing in another context.
  const letter = ownLetter({ id, at, mode: "important", epoch, key: `worktree ${look.root}` }, text)
  return [Out.cases.Text.make({ key: id, text }), tell(Session, host, session, "Accept", letter)]
}
