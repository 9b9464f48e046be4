/** Where `sm` keeps things. Pure: environment in, absolute paths out. Used by daemon and CLI alike, so it imports nothing. */

export interface Home {
  /** `config.yaml`, `plugins.config.ts`. */
  readonly config: string
  /** The broker's store. Losing it loses mail. */
  readonly data: string
  /** Credentials, private session directories, logs, the hook spool. */
  readonly state: string
  /** Sockets, pid and port files; may vanish at reboot. */
  readonly run: string
  /** Re-creatable: the broker binary. */
  readonly cache: string
  /** `run/broker.json`: `{ v: 1, host, port, space }`, written by the daemon, read by every client. */
  readonly broker: string
  /** The caller's credential: `{ v: 1, name, jwt }`, 0600. `SM_CREDENTIALS` names another (agents have their own). */
  readonly credentials: string
  readonly spool: string
}

/** A Unix socket's path may hold 107 bytes; the longest name below `run` takes 24. */
const LONGEST_RUN = 80

const digest = (text: string): string => {
  let hash = 0xcbf29ce484222325n
  for (const byte of Buffer.from(text)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn
  return hash.toString(36)
}

/**
 * `SM_HOME` redirects everything at once; otherwise the XDG base directories, each below `sm`. Relative paths are
 * refused by returning none. `SM_BROKER` and `SM_CREDENTIALS` are set for agents, whose `HOME` may differ.
 */
export const resolveHome = (env: Readonly<Record<string, string | undefined>>, uid: number): Home => {
  const own = env["SM_HOME"]
  const home = env["HOME"] ?? "/"
  const under = (xdg: string, fallback: string) => `${env[xdg] || `${home}/${fallback}`}/sm`
  const state = own === undefined ? under("XDG_STATE_HOME", ".local/state") : `${own}/state`
  const wanted =
    own === undefined ? (env["XDG_RUNTIME_DIR"] ? `${env["XDG_RUNTIME_DIR"]}/sm` : `${state}/run`) : `${own}/run`
  const run = Buffer.byteLength(wanted) <= LONGEST_RUN ? wanted : `/tmp/sm-${uid}-${digest(wanted)}`
  return {
    config: own === undefined ? under("XDG_CONFIG_HOME", ".config") : `${own}/config`,
    data: own === undefined ? under("XDG_DATA_HOME", ".local/share") : `${own}/data`,
    state,
    run,
    cache: own === undefined ? under("XDG_CACHE_HOME", ".cache") : `${own}/cache`,
    broker: env["SM_BROKER"] ?? `${run}/broker.json`,
    credentials: env["SM_CREDENTIALS"] ?? `${state}/credentials/human.json`,
    spool: env["SM_SPOOL"] ?? `${state}/spool`
  }
}
