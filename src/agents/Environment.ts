/** An agent starts in the user's environment without the identity of whatever started `sm`. Pure. */

/**
 * Identity of a surrounding Claude Code, Codex, tmux or sm. Settings of a provider (CLAUDE_CODE_USE_BEDROCK,
 * ANTHROPIC_BASE_URL, CLAUDE_CONFIG_DIR, CODEX_HOME, proxies, cloud credentials) are the user's and stay.
 */
const IDENTITY: ReadonlyArray<RegExp> = [
  /^CLAUDECODE$/u,
  /^CLAUDE_(PID|EFFORT|ENV_FILE|PROJECT_DIR|SESSION_MANAGER_ID|PLUGIN_.*)$/u,
  /^CLAUDE_CODE_(SESSION_.*|ENTRYPOINT|EXECPATH|SSE_PORT|CHILD_SESSION|PARENT_.*|AGENT_.*|REMOTE_.*|MESSAGING_.*|TMUX_.*|SESSION|ACTION|SAFE_MODE|SIMPLE|TEAM_.*|TASK_.*)$/u,
  /^CODEX_(THREAD_ID|SANDBOX.*|SESSION_.*|TURN_.*|CI|INTERNAL_.*|MANAGED_.*)$/u,
  /^AI_AGENT$/u,
  /^TMUX(_.*)?$/u,
  /^(STY|ZELLIJ.*|WINDOW|WINDOWID)$/u,
  /^SM_/u,
  /^(npm_.*|INIT_CWD|NODE_OPTIONS|NODE_CHANNEL_FD|VITEST.*|COLUMNS|LINES)$/u
]

export const scrub = (env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || IDENTITY.some((pattern) => pattern.test(name)) ? [] : [[name, value] as const]
    )
  )
