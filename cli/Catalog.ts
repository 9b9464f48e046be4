/** Every command's name, place and one line: what `sm --help` prints and completions offer without loading a command. */

export const categories = ["Sessions", "Messages", "Team", "Seeing", "Operating", "Plumbing"] as const
export type Category = (typeof categories)[number]

/** What stands at one place after a command; completions ask for the values. */
export type Place =
  | "session"
  | "recipient"
  | "ended"
  | "provider"
  | "shell"
  | "deadLetterAction"
  | "worktreeAction"
  | "worktree"
  | "deadLetter"
  | "monitorAction"
  | "hooksAction"
  | "command"
  | "approval"
  | "approvalAction"
  | "free"

export interface Entry {
  readonly category: Category
  readonly description: string
  readonly places: ReadonlyArray<Place>
  readonly aliases?: ReadonlyArray<string>
}

export const catalog = {
  spawn: { category: "Sessions", description: "start an agent in a pane of its own", places: ["provider", "free"] },
  kill: {
    category: "Sessions",
    description: "end an agent; its record stays and can be restored",
    places: ["session"]
  },
  restore: {
    category: "Sessions",
    description: "start an ended session again where it left off; without a session: list them",
    places: ["ended"]
  },
  clear: {
    category: "Sessions",
    description: "drop an agent's context, optionally with a new prompt",
    places: ["session", "free"]
  },
  handoff: {
    category: "Sessions",
    description: "go on in a fresh context from a file, once your turn is over",
    places: ["free"]
  },
  name: { category: "Sessions", description: "rename yourself, or a session", places: ["session", "free"] },
  worktree: {
    category: "Sessions",
    description: "git worktrees of agents: list, remove (their work is kept), restore",
    places: ["worktreeAction", "worktree"]
  },
  approvals: {
    category: "Sessions",
    description: "what agents wait for your leave to do; and rules that answer by themselves",
    places: ["approvalAction", "free"]
  },
  approve: { category: "Sessions", description: "let an agent do what it asks for", places: ["approval"] },
  deny: { category: "Sessions", description: "refuse what an agent asks for", places: ["approval"] },
  send: {
    category: "Messages",
    description: "send text to a session, a role or the person; it is stored when this returns",
    places: ["recipient", "free"]
  },
  dispatch: {
    category: "Messages",
    description: "give an agent a job from a role's template, in an empty context",
    places: ["session"]
  },
  remind: {
    category: "Messages",
    description: "words that come to you, or to a child, at a time; once or again and again",
    places: ["free"]
  },
  wait: {
    category: "Messages",
    description: "be told when a session is idle or gone; with --block: wait here",
    places: ["session", "free"]
  },
  queue: {
    category: "Messages",
    description: "the messages that wait for a session or a role, and those on their way",
    places: ["recipient"]
  },
  unsend: { category: "Messages", description: "take back a message that is not typed yet", places: ["free"] },
  inbox: { category: "Messages", description: "messages to you, the person, and news that need one", places: [] },
  unmute: {
    category: "Messages",
    description: "let one agent write to another again after the loop guard has stopped it",
    places: ["session", "session"]
  },
  trace: { category: "Messages", description: "every hop of a message, with time and evidence", places: ["free"] },
  em: {
    category: "Team",
    description: "orchestrate: be named, watched, and woken while your children work",
    places: ["free"]
  },
  task: { category: "Team", description: "what you work on; without a text: show it", places: ["free"] },
  "task-complete": { category: "Team", description: "your task is done: tell whoever gave it", places: ["free"] },
  "turn-complete": { category: "Team", description: "no more reminders of this turn", places: [] },
  who: { category: "Team", description: "who else works in this repository", places: [] },
  others: { category: "Team", description: "the same, with what each is doing", places: [] },
  alone: { category: "Team", description: "is nobody else here? said with the exit code", places: [] },
  lock: {
    category: "Team",
    description: "this workspace, or a part of it, is yours to write in until your turn ends",
    places: ["free"]
  },
  unlock: { category: "Team", description: "give back what you have locked here", places: [] },
  locks: { category: "Team", description: "who has which workspace, and who waits", places: [] },
  list: { category: "Seeing", description: "the sessions", places: [], aliases: ["ls", "all"] },
  notices: { category: "Seeing", description: "what a person should know now", places: ["session"] },
  children: {
    category: "Seeing",
    description: "sessions spawned by one session (default: by you), and what each is doing",
    places: ["session"]
  },
  me: { category: "Seeing", description: "your own session", places: [] },
  status: {
    category: "Seeing",
    description: "who you are, and who else works here; with a text: say how your work goes",
    places: ["free"]
  },
  output: { category: "Seeing", description: "the last lines of a pane", places: ["session"] },
  tail: { category: "Seeing", description: "what a session's agent did: tools and times", places: ["session"] },
  explain: {
    category: "Seeing",
    description: "why a session is in its state: what decided that, what is known, what would change it",
    places: ["session"]
  },
  what: {
    category: "Seeing",
    description: "what a session is doing, as a small model sums it up",
    places: ["session"]
  },
  watch: { category: "Seeing", description: "the swarm on one screen, as it happens", places: [] },
  "context-monitor": {
    category: "Seeing",
    description: "warn before an agent's context is full: enable, disable, status",
    places: ["monitorAction", "session"]
  },
  attach: {
    category: "Seeing",
    description: "look inside and type yourself; C-] d leaves",
    places: ["session"]
  },
  up: { category: "Operating", description: "run the daemon here, or in the background with --detach", places: [] },
  down: {
    category: "Operating",
    description: "stop the daemon and its broker; agents stay in their panes",
    places: []
  },
  doctor: { category: "Operating", description: "is everything well, and what to do if not", places: [] },
  "dead-letters": {
    category: "Operating",
    description: "mail nobody could handle: list, read one, replay, drop",
    places: ["deadLetterAction", "deadLetter"]
  },
  setup: {
    category: "Operating",
    description: "write the dispatch templates to where you may edit them",
    places: []
  },
  hooks: {
    category: "Operating",
    description: "lock what agents write that sm did not spawn: install, uninstall, status",
    places: ["hooksAction"]
  },
  completion: { category: "Operating", description: "print a shell's completion script", places: ["shell"] },
  hook: { category: "Plumbing", description: "an agent's hook reports to its session", places: [] },
  "auto-lock": {
    category: "Plumbing",
    description: "an agent's hook before a write: waits for the lock of what is written",
    places: []
  },
  complete: { category: "Plumbing", description: "what may stand next on a command line", places: [] }
} as const satisfies Record<string, Entry>

export type CommandName = keyof typeof catalog

/** Plumbing is called by programs: it is documented and works, but is not offered. */
export const offered: ReadonlyArray<readonly [CommandName, Entry]> = (
  Object.entries(catalog) as ReadonlyArray<[CommandName, Entry]>
).filter(([, { category }]) => category !== "Plumbing")

const isName = (word: string): word is CommandName => Object.hasOwn(catalog, word)

/** The command a word means: its name or one of its aliases. */
export const commandOf = (word: string): CommandName | undefined =>
  isName(word) ? word : offered.find(([, entry]) => entry.aliases?.includes(word))?.[0]
