/** The commands, each loaded only when it is the one to run. */
import type { CommandClass } from "clipanion"
import type { CommandName } from "../Catalog.ts"
import type { SmContext } from "../SmCommand.ts"

export const commands: Readonly<Record<CommandName, () => Promise<CommandClass<SmContext>>>> = {
  spawn: async () => (await import("./spawn.ts")).Spawn,
  kill: async () => (await import("./kill.ts")).Kill,
  restore: async () => (await import("./restore.ts")).Restore,
  clear: async () => (await import("./clear.ts")).Clear,
  name: async () => (await import("./name.ts")).Name,
  send: async () => (await import("./send.ts")).Send,
  dispatch: async () => (await import("./dispatch.ts")).Dispatch,
  remind: async () => (await import("./remind.ts")).Remind,
  wait: async () => (await import("./wait.ts")).Wait,
  queue: async () => (await import("./queue.ts")).Queue,
  unsend: async () => (await import("./unsend.ts")).Unsend,
  trace: async () => (await import("./trace.ts")).Trace,
  em: async () => (await import("./em.ts")).Em,
  task: async () => (await import("./task.ts")).Task,
  "task-complete": async () => (await import("./task-complete.ts")).TaskComplete,
  "turn-complete": async () => (await import("./turn-complete.ts")).TurnComplete,
  who: async () => (await import("./who.ts")).Who,
  others: async () => (await import("./others.ts")).Others,
  alone: async () => (await import("./alone.ts")).Alone,
  list: async () => (await import("./list.ts")).List,
  children: async () => (await import("./children.ts")).Children,
  me: async () => (await import("./me.ts")).Me,
  status: async () => (await import("./status.ts")).Status,
  output: async () => (await import("./output.ts")).Output,
  tail: async () => (await import("./tail.ts")).Tail,
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
