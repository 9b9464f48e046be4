/** The commands, each loaded only when it is the one to run. */
import type { CommandClass } from "clipanion"
import type { CommandName } from "../Catalog.ts"
import type { SmContext } from "../SmCommand.ts"

export const commands: Readonly<Record<CommandName, () => Promise<CommandClass<SmContext>>>> = {
  spawn: async () => (await import("./spawn.ts")).Spawn,
  kill: async () => (await import("./kill.ts")).Kill,
  restore: async () => (await import("./restore.ts")).Restore,
  clear: async () => (await import("./clear.ts")).Clear,
  handoff: async () => (await import("./handoff.ts")).Handoff,
  name: async () => (await import("./name.ts")).Name,
  send: async () => (await import("./send.ts")).Send,
  dispatch: async () => (await import("./dispatch.ts")).Dispatch,
  remind: async () => (await import("./remind.ts")).Remind,
  wait: async () => (await import("./wait.ts")).Wait,
  trace: async () => (await import("./trace.ts")).Trace,
  list: async () => (await import("./list.ts")).List,
  children: async () => (await import("./children.ts")).Children,
  me: async () => (await import("./me.ts")).Me,
  status: async () => (await import("./status.ts")).Status,
  output: async () => (await import("./output.ts")).Output,
  tail: async () => (await import("./tail.ts")).Tail,
  what: async () => (await import("./what.ts")).What,
  "context-monitor": async () => (await import("./context-monitor.ts")).ContextMonitor,
  attach: async () => (await import("./attach.ts")).Attach,
  up: async () => (await import("./up.ts")).Up,
  down: async () => (await import("./down.ts")).Down,
  doctor: async () => (await import("./doctor.ts")).Doctor,
  "dead-letters": async () => (await import("./dead-letters.ts")).DeadLetters,
  setup: async () => (await import("./setup.ts")).Setup,
  completion: async () => (await import("./completion.ts")).Completion,
  hook: async () => (await import("./hook.ts")).Hook,
  complete: async () => (await import("./complete.ts")).Complete
}
