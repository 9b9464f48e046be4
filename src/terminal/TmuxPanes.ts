/** Panes as one line of `list-panes`: the format, and what a line says. */
import { type Pane, PaneId } from "./Terminal.ts"

export const LIST = "#{@sm_id}\t#{pane_id}\t#{pane_pid}\t#{pane_dead}\t#{pane_dead_status}"

/** None for a pane that is not ours. */
export const parsePane = (line: string): ReadonlyArray<Pane> => {
  const [sessionId = "", pane = "", pid = "", dead = "", status = ""] = line.split("\t")
  if (sessionId === "") return []
  return [
    {
      sessionId,
      pane: PaneId.make(pane),
      pid: Number(pid) || 0,
      dead: dead === "1",
      status: status === "" ? null : Number(status)
    }
  ]
}
