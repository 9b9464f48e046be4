import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { connect } from "@nats-io/transport-node"
import { Effect } from "effect"
import { createKey, fromSeed, token } from "../../src/broker/server/NKey.ts"
import * as Trust from "../../src/broker/server/Trust.ts"
import { embedded } from "../support/Embedded.ts"
import { temporary } from "../support/TmuxTest.ts"
import { until } from "../support/Until.ts"

const become = (what: string, holds: () => boolean) =>
  until(
    what,
    Effect.sync(() => (holds() ? true : undefined))
  )

describe("what a client may do", () => {
  it.live("is to ask as itself, hear its own answers and watch public facts; nothing else", () =>
    Effect.gen(function* () {
      const { run, trustFile } = yield* embedded()
      const server = yield* run
      const broker = yield* server.connect
      const asked: Array<string> = []
      yield* Effect.forkScoped(
        Effect.scoped(
          Effect.andThen(
            broker.serve(({ caller, respond, verb }) =>
              Effect.andThen(
                Effect.sync(() => asked.push(`${verb} by ${caller}`)),
                respond("yes")
              )
            ),
            Effect.never
          )
        )
      )
      const address = `127.0.0.1:${server.port}`
      const enter = (jwt: string, name: string) =>
        connect({
          servers: address,
          authenticator: () => ({ jwt, nkey: "", sig: "" }),
          inboxPrefix: `_INBOX_${name}`,
          reconnect: false
        })
      const refused = (what: string, attempt: Promise<unknown>) =>
        Effect.promise(() =>
          attempt.then(
            () => assert.fail(`${what} was allowed`),
            (error: unknown) => assert.match(String(error), /authorization|permission|expired/iu, what)
          )
        )
      const heard = yield* Effect.acquireRelease(
        Effect.flatMap(server.trust.mint("session", "0badc0de"), ({ jwt }) =>
          Effect.promise(() => enter(jwt, "0badc0de"))
        ),
        (opened) => Effect.promise(() => opened.close())
      )
      const words: Array<readonly [string, string | undefined]> = []
      for (const subject of ["sm.evt.>", "_INBOX_0badc0de.>"])
        heard.subscribe(subject, {
          callback: (_, message) => void words.push([message.string(), message.headers?.get("Nats-Stream")])
        })
      yield* Effect.promise(() => heard.flush())

      for (const [role, name] of [
        ["session", "1a2b3c4d"],
        ["human", "human"]
      ] as const) {
        const { jwt } = yield* server.trust.mint(role, name)
        const client = yield* Effect.acquireRelease(
          Effect.promise(() => enter(jwt, name)),
          (opened) => Effect.promise(() => opened.close())
        )
        assert.strictEqual(
          yield* Effect.promise(async () => (await client.request(`sm.rq.send.${name}`, "x")).string()),
          "yes"
        )
        assert.strictEqual(asked.at(-1), `send by ${name}`)
        // The server checks no reply address. What comes of it is the daemon's own answer, and no fact.
        for (const reply of ["sm.evt.session.x.T", "_INBOX_0badc0de.x"])
          client.publish(`sm.rq.send.${name}`, "x", { reply })
        yield* Effect.promise(() => client.flush())
        // Each is told of by the server: a permissions violation.
        const violations: Array<string> = []
        void (async () => {
          for await (const status of client.status()) if (status.type === "error") violations.push(String(status.error))
        })()
        const deeds: ReadonlyArray<readonly [string, () => void]> = [
          ["publish as another session", () => client.publish("sm.rq.send.0badc0de", "x")],
          ["publish as the human", () => client.publish(`sm.rq.send.${role === "human" ? "0badc0de" : "human"}`, "x")],
          ["reach the JetStream API", () => client.publish("$JS.API.STREAM.LIST", "", { reply: `_INBOX_${name}.x` })],
          ["delete the mail", () => client.publish("$JS.API.STREAM.PURGE.SM_MAIL", "")],
          ["post mail", () => client.publish("sm.main.mail.h.k.x.normal", "x")],
          ["forge a fact", () => client.publish("sm.evt.session.x.T", "x")],
          ["forge a card", () => client.publish("sm.evt.card.session.x", "x")],
          ["forge a stored card", () => client.publish("sm.main.card.session.x", "x")],
          ["forge a stored fact", () => client.publish("sm.main.event.session.x.T", "x")],
          ["answer for the daemon", () => client.publish("_INBOX_0badc0de.x", "x")],
          ["listen to another's answers", () => void client.subscribe("_INBOX_0badc0de.>")],
          ["listen to everything", () => void client.subscribe(">")],
          ["serve requests", () => void client.subscribe("sm.rq.>")],
          ["read the system's events", () => void client.subscribe("$SYS.>")]
        ]
        for (const [deed, attempt] of deeds) {
          const before = violations.length
          attempt()
          yield* Effect.promise(() => client.flush())
          yield* become(`${name} is kept from trying to ${deed}`, () => violations.length > before)
          assert.match(violations.at(-1) ?? "", /permission/iu, deed)
        }
      }
      assert.deepStrictEqual([...new Set(asked)], ["send by 1a2b3c4d", "send by human"])
      assert.isTrue(words.every(([body, stream]) => body === "yes" && stream === undefined))
      yield* broker.publish({ entity: "session", id: "x", tag: "T", messageId: "1", body: "a fact" })
      yield* become("a fact is heard", () =>
        words.some(([body, stream]) => body === "a fact" && stream === "SM_EVENTS")
      )
      yield* broker.putCard("host.here", "a host's card")
      yield* broker.putCard("session.x", "a session's card")
      yield* become("a session's card is heard", () =>
        words.some(([body, stream]) => body === "a session's card" && stream === "SM_CARDS")
      )
      assert.notInclude(
        words.map(([body]) => body),
        "a host's card"
      )

      yield* refused("nobody", connect({ servers: address, reconnect: false }))
      yield* refused("a password", connect({ servers: address, user: "sm", pass: "sm", reconnect: false }))
      const { jwt } = yield* server.trust.mint("session", "1a2b3c4d")
      const [head, body, signature] = jwt.split(".")
      const claims = JSON.parse(Buffer.from(body ?? "", "base64url").toString()) as Record<string, unknown>
      const forged = Buffer.from(JSON.stringify({ ...claims, name: "0badc0de" })).toString("base64url")
      yield* refused("a forged name", enter(`${head}.${forged}.${signature}`, "0badc0de"))
      const foreign = yield* Trust.load(join(yield* temporary("foreign"), "trust.json"))
      yield* refused("a foreign key", enter((yield* foreign.mint("daemon", "daemon")).jwt, "daemon"))
      // Made with the very keys, and run out.
      const { seeds } = JSON.parse(readFileSync(trustFile, "utf8")) as { readonly seeds: Record<string, string> }
      const signed = (more: object) =>
        token(
          {
            sub: createKey("user").publicKey,
            name: "1a2b3c4d",
            nats: { type: "user", version: 2, issuer_account: fromSeed(seeds["agents"] ?? "").publicKey },
            ...more
          },
          fromSeed(seeds["agent"] ?? ""),
          1
        )
      yield* Effect.promise(async () => (await enter(signed({}), "1a2b3c4d")).close())
      yield* refused("an expired token", enter(signed({ exp: 100 }), "1a2b3c4d"))
      yield* server.end
    }).pipe(Effect.scoped)
  )
})
