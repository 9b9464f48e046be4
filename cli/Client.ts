/** Asks the daemon a verb as whoever this process is: a session by its credential file, else the person at the shell. */
import { readFileSync } from "node:fs"
import { home } from "./home.ts"
import { type Endpoint, request } from "./MiniNats.ts"
import type { Reply } from "./Reply.ts"
import { Unreachable } from "./Unreachable.ts"

interface Broker {
  readonly host: string
  readonly port: number
  readonly space: string
}

const read = <T>(path: string, missing: string, whole: (value: Partial<T>) => boolean): T => {
  let text: string
  try {
    text = readFileSync(path, "utf8")
  } catch {
    throw new Unreachable(missing, false)
  }
  // Written whole by the daemon, and again at its next start: what is damaged is not there.
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (typeof value !== "object" || value === null || !whole(value as Partial<T>))
    throw new Unreachable(`${path} is damaged`, false)
  return value as T
}

/** Where the daemon is and who asks. */
export const endpoint = (): Endpoint & { readonly space: string } => {
  const broker = read<Broker>(
    home.broker,
    "the daemon has not been started",
    ({ host, port, space }) => [typeof host, typeof port, typeof space].join() === "string,number,string"
  )
  const credential = read<{
    readonly name: string
    readonly jwt?: string
    readonly user?: string
    readonly pass?: string
  }>(home.credentials, `the credential file ${home.credentials} cannot be read`, ({ name }) => typeof name === "string")
  return { ...broker, ...credential }
}

const DEADLINE = 15_000
/** A broker that restarts is back within a second; requests that were not sent are tried again this long, ms. */
const PATIENCE = 4000

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** The daemon's answer. `repeatable`: asking twice does no harm, so a lost answer is asked for again. */
export const ask = async (
  verb: string,
  input: unknown,
  options: { readonly repeatable?: boolean; readonly deadline?: number; readonly patience?: number } = {}
): Promise<Reply> => {
  const until = Date.now() + (options.patience ?? PATIENCE)
  for (;;) {
    // Read every time: a broker that restarts may have another port. That it was never started needs no patience.
    const { name, space, ...at } = endpoint()
    const root = space === "main" ? "sm.rq" : `sm.${space}.rq`
    try {
      const text = await request(
        { ...at, name },
        `${root}.${verb}.${name}`,
        JSON.stringify(input),
        options.deadline ?? DEADLINE
      )
      return JSON.parse(text) as Reply
    } catch (error) {
      const again = error instanceof Unreachable && (!error.sent || options.repeatable === true)
      if (!again || Date.now() > until) throw error
      await wait(100)
    }
  }
}
