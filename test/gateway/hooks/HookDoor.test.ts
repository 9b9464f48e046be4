/** The door for hooks over HTTP: whom it hears, and what it does not. */
import { mkdirSync, writeFileSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { createServer, request } from "node:http"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { open } from "../../../src/gateway/hooks/HookDoor.ts"
import { temporary } from "../../support/TmuxTest.ts"

interface Knock {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const ask = (url: string, { body = "{}", headers = {}, method = "POST", path = "/claude/PreToolUse" }: Knock) =>
  Effect.promise(
    () =>
      new Promise<readonly [number, string]>((resolve, reject) => {
        request(`${url}${path}`, { method, headers }, (response) => {
          let text = ""
          response.setEncoding("utf8").on("data", (part: string) => (text += part))
          response.on("end", () => resolve([response.statusCode ?? 0, text]))
        })
          .on("error", reject)
          .end(method === "POST" ? body : undefined)
      })
  )

const rooms = Effect.gen(function* () {
  const root = yield* temporary("door")
  for (const dir of ["state/credentials", "run"]) mkdirSync(join(root, dir), { recursive: true })
  return { state: join(root, "state"), run: join(root, "run") }
})
const opened = (room: { readonly state: string; readonly run: string }) =>
  open(room, (path, text) => writeFile(path, text))

describe("the door for hooks", () => {
  it.live("hears a session that knows its secret, addressed as it is, in JSON, and nothing else", () =>
    Effect.gen(function* () {
      const heard: Array<unknown> = []
      const { secretOf, serve, url } = yield* opened(yield* rooms)
      yield* serve((knock) => {
        heard.push(knock)
        return Promise.resolve([200, '{"said":1}'])
      })
      const json = { "content-type": "application/json" }
      const good = { ...json, authorization: `Bearer ${secretOf("0000000a")}` }
      assert.deepStrictEqual(yield* ask(url, { headers: good, body: '{"a":1}' }), [200, '{"said":1}'])
      assert.deepStrictEqual(heard, [{ session: "0000000a", kind: "claude", event: "PreToolUse", payload: { a: 1 } }])

      const another = `${secretOf("0000000b").slice(0, 9)}${secretOf("0000000a").slice(9)}`
      const table: ReadonlyArray<readonly [number, Knock]> = [
        [401, { headers: json }],
        [401, { headers: { ...json, authorization: "Bearer x" } }],
        [401, { headers: { ...json, authorization: `Bearer ${another}` } }],
        [405, { headers: good, method: "GET" }],
        [405, { headers: good, method: "OPTIONS" }],
        [415, { headers: { ...good, "content-type": "text/plain" } }],
        [421, { headers: { ...good, host: "evil.example" } }],
        [421, { headers: { ...good, host: url.replace("http://127.0.0.1", "localhost") } }],
        [404, { headers: good, path: "/" }],
        [404, { headers: good, path: "/claude/PreToolUse/x" }],
        [400, { headers: good, body: "{" }]
      ]
      for (const [status, knock] of table)
        assert.strictEqual((yield* ask(url, knock))[0], status, JSON.stringify(knock))
      assert.strictEqual((yield* ask(url, { headers: good, body: `"${"x".repeat(17 * 1024 * 1024)}"` }))[0], 413)
      assert.lengthOf(heard, 1)
    }).pipe(Effect.scoped)
  )

  it.live("is where it was after a restart, with the same secrets, unless another program has taken its place", () =>
    Effect.gen(function* () {
      const room = yield* rooms
      const of = Effect.map(opened(room), ({ secretOf, url }) => ({ url, secret: secretOf("0000000a") }))
      const first = yield* Effect.scoped(of)
      assert.deepStrictEqual(yield* Effect.scoped(of), first)
      yield* Effect.acquireRelease(
        Effect.promise(
          () =>
            new Promise<ReturnType<typeof createServer>>((resolve) => {
              const server = createServer()
              server.listen(Number(new URL(first.url).port), "127.0.0.1", () => resolve(server))
            })
        ),
        (server) => Effect.sync(() => void server.close())
      )
      const moved = yield* Effect.scoped(of)
      assert.notStrictEqual(moved.url, first.url)
      assert.strictEqual(moved.secret, first.secret)
      writeFileSync(join(room.state, "credentials/hooks.key"), "damaged")
      assert.notStrictEqual((yield* Effect.scoped(of)).secret, first.secret)
    }).pipe(Effect.scoped)
  )
})
