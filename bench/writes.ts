/** What an uncontended lock adds to an agent's write: as a hook's process, and over the daemon's own door. */
import { createHmac } from "node:crypto"
import { execFileSync, spawnSync } from "node:child_process"
import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { createServer, request } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { Effect } from "effect"
import { makeSmWith } from "../test/support/Sm.ts"
import { bareNode } from "./commands.ts"
import type { Plan } from "./Plan.ts"
import { median, now } from "./Stats.ts"
import { ms, type Row } from "./Table.ts"

const bundle = join(import.meta.dirname, "../dist/sm.cjs")

interface Post {
  readonly port: number
  readonly path: string
  readonly secret: string
  readonly body: string
}

/** One connection, one request, as an agent makes them; ms. */
const post = ({ body, path, port, secret }: Post): Promise<number> =>
  new Promise((resolve, reject) => {
    const began = now()
    const headers = { "content-type": "application/json", authorization: `Bearer ${secret}` }
    request({ host: "127.0.0.1", port, path, method: "POST", headers, agent: false }, (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (part: string) => (text += part))
      response.on("end", () =>
        response.statusCode === 200 && text === "{}"
          ? resolve(now() - began)
          : reject(new Error(`${response.statusCode}: ${text}`))
      )
    })
      .on("error", reject)
      .end(body)
  })

/** A server that only answers: the ceiling. */
const bareServer = Effect.acquireRelease(
  Effect.promise(
    () =>
      new Promise<ReturnType<typeof createServer>>((resolve) => {
        const server = createServer((asked, response) => {
          asked.resume().on("end", () => response.writeHead(200, { "content-type": "application/json" }).end("{}"))
        })
        server.listen(0, "127.0.0.1", () => resolve(server))
      })
  ),
  (server) => Effect.sync(() => void server.close())
)

/** A session of Claude Code's kind whose program only stands there: its hooks are played. */
export const writes = Effect.fnUntraced(function* (plan: Plan) {
  const sm = yield* makeSmWith({
    config: "locks: { http: true }\n",
    plugins: (home) => {
      writeFileSync(join(home, "stands"), "#!/bin/sh\nexec sleep 100000\n")
      chmodSync(join(home, "stands"), 0o755)
      return `claude({ binary: ${JSON.stringify(join(home, "stands"))} })`
    }
  })
  execFileSync("git", ["init", "-q", sm.work])
  const { id } = yield* sm.json("spawn", "claude", "--name", "writer", "--cwd", sm.work)
  const env = {
    ...process.env,
    SM_HOME: sm.home,
    SM_SESSION_ID: String(id),
    SM_CREDENTIALS: join(sm.home, "state/sessions", String(id), "credential.json")
  }
  const key = readFileSync(join(sm.home, "state/credentials/hooks.key"), "utf8")
  const secret = `${String(id)}.${createHmac("sha256", key).update(String(id)).digest("hex")}`
  const port = Number(readFileSync(join(sm.home, "run/hooks.port"), "utf8"))
  const bare = ((yield* bareServer).address() as AddressInfo).port
  const body = JSON.stringify({
    session_id: "c",
    hook_event_name: "PreToolUse",
    prompt_id: "p",
    cwd: sm.work,
    tool_name: "Write",
    tool_input: { file_path: join(sm.work, "a.ts"), content: "x".repeat(4000) }
  })
  const times = { node: [0], hook: [0], bare: [0], http: [0] }
  // The first round fills caches and is not counted.
  for (let round = -1; round < plan.rounds; round++) {
    const node = bareNode()
    const began = now()
    const { status, stdout } = spawnSync(process.execPath, [bundle, "hook", "claude", "PreToolUse", "gate"], {
      env,
      input: body
    })
    const hook = now() - began
    if (status !== 0 || stdout.length > 0) throw new Error(`the hook exits ${status} and says ${stdout.toString()}`)
    const plain = yield* Effect.promise(() => post({ port: bare, path: "/", secret, body }))
    const http = yield* Effect.promise(() => post({ port, path: "/claude/PreToolUse", secret, body }))
    if (round < 0) for (const list of Object.values(times)) list.length = 0
    else for (const [name, time] of Object.entries({ node, hook, bare: plain, http })) times[name as "node"].push(time)
    yield* Effect.sleep("20 millis")
  }
  const { leases } = (yield* sm.json("locks")) as never as { readonly leases: ReadonlyArray<unknown> }
  if (leases.length !== 1) throw new Error("the writes were not locked")
  const ratio = (own: ReadonlyArray<number>, base: ReadonlyArray<number>) =>
    median(own.map((time, index) => time / (base[index] ?? Number.NaN)))
  const rows: ReadonlyArray<Row> = [
    {
      what: "a write's hook with its lock, as a process",
      measured: ms(median(times.hook)),
      ceiling: `${ms(median(times.node))}: node -e 0`,
      ratio: ratio(times.hook, times.node)
    },
    {
      what: "a write's hook with its lock, over HTTP",
      measured: ms(median(times.http)),
      ceiling: `${ms(median(times.bare))}: a POST that is only answered`,
      ratio: ratio(times.http, times.bare)
    }
  ]
  return rows
}, Effect.scoped)
