/** Gets the exit status of dead panes out of tmux, which now and then does not notice that its child has ended. */
import type { Pane } from "./Terminal.ts"

/** A pane as listed, with what tmux knows of its end. */
export interface Listed {
  readonly pane: Pane
  /** The status or the signal by which it ended is known. */
  readonly told: boolean
  /** The pid of the tmux server. */
  readonly server: number
}

/** Looks at a dead pane whose status is missing before it is accepted that none will come. */
const PATIENCE = 8

/**
 * Answers whether to list again in a moment. A pane's terminal closes before its process is reaped, so a dead pane may
 * have no status yet; and tmux 3.3 misses one in five SIGCHLDs of programs that end right after they began (measured),
 * and keeps them as zombies until another child ends. One more SIGCHLD makes it look.
 */
export const makeReaper = (
  signal: (pid: number) => void = (pid) => process.kill(pid, "SIGCHLD")
): ((listed: ReadonlyArray<Listed>) => boolean) => {
  const looks = new Map<string, number>()
  return (listed) => {
    const late = listed.filter(({ pane, told }) => pane.dead && !told && (looks.get(pane.pane) ?? 0) < PATIENCE)
    for (const { pane } of late) looks.set(pane.pane, (looks.get(pane.pane) ?? 0) + 1)
    const server = late[0]?.server ?? 0
    if (server <= 1) return false
    try {
      signal(server)
    } catch {
      // It is gone: the listing will say so.
      return false
    }
    return true
  }
}
