/** Our panes, as tmux lists them. */
import { Effect } from "effect"
import { quote } from "./ControlProtocol.ts"
import { type Listed, makeReaper } from "./Reaper.ts"
import { type Pane, PaneId, type TerminalError } from "./Terminal.ts"
import type { Run } from "./TmuxConnection.ts"

const LIST = "#{@sm_id}\t#{pane_id}\t#{pane_pid}\t#{pane_dead}\t#{pane_dead_status}\t#{pane_dead_signal}\t#{pid}"

/** None for a pane that is not ours. */
const parse = (line: string): ReadonlyArray<Listed> => {
  const [sessionId = "", pane = "", pid = "", dead = "", status = "", signal = "", server = ""] = line.split("\t")
  if (sessionId === "") return []
  const listed: Pane = {
    sessionId,
    pane: PaneId.make(pane),
    pid: Number(pid) || 0,
    dead: dead === "1",
    status: status === "" ? null : Number(status),
    ...(signal === "" ? {} : { signal })
  }
  return [{ pane: listed, told: status !== "" || signal !== "", server: Number(server) }]
}

/** The panes that match a filter of tmux, dead ones with the status they ended with. */
export type Panes = (operation: string, filter: string) => Effect.Effect<ReadonlyArray<Pane>, TerminalError>

export const panesOf = (run: Run): Panes => {
  const late = makeReaper()
  return Effect.fnUntraced(function* (operation, filter) {
    while (true) {
      const [lines] = yield* run(operation, `list-panes -a -f ${quote(filter)} -F ${quote(LIST)}`)
      const listed = (lines ?? []).flatMap(parse)
      if (!late(listed)) return listed.map(({ pane }) => pane)
      yield* Effect.sleep("25 millis")
    }
  })
}
