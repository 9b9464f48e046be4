/** The hooks of `sm auto-lock` among those of an agent's settings. Pure. */
import { SHELLS, WRITERS } from "../../src/domain/Writing.ts"

/** Behind our commands, as a comment of the shell: by it we know what is ours to take out again. */
export const MARK = "# sm:hooks"

interface Command {
  readonly type?: unknown
  readonly command?: unknown
  readonly timeout?: number
}
export interface Group {
  readonly matcher?: unknown
  readonly hooks?: ReadonlyArray<Command>
}
export type Hooks = Readonly<Record<string, ReadonlyArray<Group>>>

export interface Wish {
  /** The agent's kind. */
  readonly kind: string
  /** The shell's word, or words, for sm. */
  readonly sm: string
  /** Seconds a write may wait. */
  readonly wait: number
  readonly bash: boolean
}

/** After these the agent writes no more until it is asked something. */
const ENDS: Readonly<Record<string, ReadonlyArray<string>>> = {
  claude: ["Stop", "StopFailure", "SessionEnd"],
  codex: ["Stop", "Interrupt", "SessionEnd"]
}

/** Seconds; Codex gives some of them no more. */
const END = 3

const commandOf = ({ command }: Command): string => (typeof command === "string" ? command : "")
const isMarked = (command: Command): boolean => commandOf(command).endsWith(MARK)
const isLock = (command: Command): boolean => /\bsm(\.cjs)?['"]? auto-lock\b/u.test(commandOf(command))

const all = (hooks: Hooks): ReadonlyArray<Group> => Object.values(hooks).flat()
const commandsOf = (group: Group): ReadonlyArray<Command> => group.hooks ?? []

/** What the settings say of us. `old`: a matcher that is an object, for which Claude Code skips the whole file. */
export interface Found {
  readonly marked: boolean
  readonly byHand: boolean
  readonly old: boolean
}

export const look = (hooks: Hooks): Found => ({
  marked: all(hooks).some((group) => commandsOf(group).some(isMarked)),
  byHand: all(hooks).some((group) => commandsOf(group).some((command) => isLock(command) && !isMarked(command))),
  old: all(hooks).some(({ matcher }) => typeof matcher === "object" && matcher !== null)
})

/** Without the commands that `gone` names; a group, or an event, that is empty then goes as well. */
const without = (hooks: Hooks, gone: (command: Command) => boolean): Hooks =>
  Object.fromEntries(
    Object.entries(hooks).flatMap(([event, groups]) => {
      const left = groups.flatMap((group) => {
        const kept = commandsOf(group).filter((command) => !gone(command))
        if (kept.length === commandsOf(group).length) return [group]
        return kept.length === 0 ? [] : [{ ...group, hooks: kept }]
      })
      return left.length === 0 && groups.length > 0 ? [] : [[event, left] as const]
    })
  )

export const uninstalled = (hooks: Hooks): Hooks => without(hooks, isMarked)

/** Ours, once, behind those of others; what was written by hand for the same, the old form too, makes way. */
export const installed = (hooks: Hooks, { bash, kind, sm, wait }: Wish): Hooks => {
  const command = (timeout: number) => ({ type: "command", command: `${sm} auto-lock ${kind} ${MARK}`, timeout })
  const tools = [...WRITERS, ...(bash ? SHELLS : [])].join("|")
  const ours: ReadonlyArray<readonly [string, Group]> = [
    ["PreToolUse", { matcher: `^(${tools})$`, hooks: [command(wait + 15)] }],
    ...(ENDS[kind] ?? []).map((event) => [event, { hooks: [command(END)] }] as const)
  ]
  const left = without(hooks, (found) => isMarked(found) || isLock(found))
  return ours.reduce<Hooks>((so, [event, group]) => ({ ...so, [event]: [...(so[event] ?? []), group] }), left)
}
