import { createPublicKey, verify } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import fc from "fast-check"
import { Commit } from "../../src/actors/Commit.ts"
import {
  Answer,
  decodeAnswer,
  decodeEnvelope,
  encodeAnswer,
  encodeEnvelope,
  type Envelope
} from "../../src/actors/Envelope.ts"
import { Out } from "../../src/actors/Out.ts"
import { subjects, token, untoken } from "../../src/broker/Subject.ts"
import { createKey, fromSeed, token as jwt } from "../../src/broker/server/NKey.ts"
import { SessionId } from "../../src/domain/Ids.ts"
import { frame } from "../../src/domain/Message.ts"

/** Any text that UTF-8 can carry. */
const text = fc.string({ unit: "grapheme" }).filter((string) => string.isWellFormed())
const address = fc.record({ host: text, kind: text, key: text })
const lane = fc.constantFrom("urgent", "control", "normal")
const json = fc.jsonValue() as fc.Arbitrary<Schema.Json>

describe("subjects", () => {
  it("carry any text in one token, and give it back", () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.constantFrom("", ".", "*", ">", " ", "=", "=2a", "a=b", "👍")), (string) => {
        const made = token(string)
        assert.match(made, /^[A-Za-z0-9_=-]+$/u)
        assert.strictEqual(untoken(made), string)
      })
    )
  })

  it("tell every address and lane from every other", () => {
    const { mail, readMail, timer } = subjects("a b.>")
    fc.assert(
      fc.property(address, lane, address, (one, in_, two) => {
        assert.deepStrictEqual(readMail(mail(one, in_)), { to: one, lane: in_ })
        assert.strictEqual(mail(one, in_).split(".").length, 7)
        const same = one.host === two.host && one.kind === two.kind && one.key === two.key
        assert.strictEqual(mail(one, in_) === mail(two, in_), same)
        assert.notStrictEqual(timer(one, "x"), mail(one, in_))
      })
    )
  })

  it("carry dotted keys", () => {
    const { card, readCard, readState, state } = subjects("main")
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), (parts) => {
        // A part is what stands between dots.
        const key = parts.join(".")
        assert.strictEqual(readState(state(key)), key)
        assert.strictEqual(readCard(card(key)), key)
      })
    )
  })
})

describe("what is stored and sent", () => {
  it("comes back as it went: envelopes and answers", () => {
    const envelope: fc.Arbitrary<Envelope> = fc
      .record({ id: text, tag: text, payload: json, sentAt: fc.double({ noNaN: true, noDefaultInfinity: true }) })
      .chain((plain) =>
        fc.option(text).map((to) => ({ v: 1 as const, ...plain, ...(to === null ? {} : { replyTo: to }) }))
      )
    const same = (one: unknown, two: unknown) => assert.strictEqual(JSON.stringify(one), JSON.stringify(two))
    fc.assert(fc.property(envelope, (one) => same(Effect.runSync(decodeEnvelope(encodeEnvelope(one))), one)))
    const answer: fc.Arbitrary<Answer> = fc.oneof(
      json.map((value) => ({ _tag: "ok" as const, value })),
      json.map((value) => ({ _tag: "refused" as const, value })),
      text.map((reason) => ({ _tag: "crashed" as const, reason }))
    )
    fc.assert(fc.property(answer, (one) => same(Effect.runSync(decodeAnswer(encodeAnswer(one))), one)))
  })

  it("comes back as it went: commits with every kind of promise", () => {
    const id = SessionId.make("0a1b2c3d")
    const out: fc.Arbitrary<Out> = fc.oneof(
      text.map((reason) => Out.cases.Publish.make({ event: { _tag: "SessionStopped", id, reason } })),
      fc
        .tuple(address, lane, text, json)
        .map(([to, in_, tag, payload]) => Out.cases.Tell.make({ to, lane: in_, tag, payload })),
      fc.tuple(text, fc.option(text)).map(([key, value]) => Out.cases.Card.make({ key, value })),
      fc.tuple(text, text).map(([key, body]) => Out.cases.Text.make({ key, text: body })),
      fc
        .tuple(text, fc.nat(), lane, text, json)
        .map(([name, at, in_, tag, payload]) => Out.cases.Timer.make({ name, at, lane: in_, tag, payload })),
      text.map((name) => Out.cases.CancelTimer.make({ name })),
      fc.tuple(text, json).map(([to, value]) => Out.cases.Reply.make({ to, answer: { _tag: "ok", value } }))
    )
    const commit = fc.record({
      v: fc.constant(1 as const),
      version: fc.nat(),
      by: text,
      n: fc.nat(),
      at: fc.nat(),
      stream: text,
      done: fc.record({ urgent: fc.nat(), control: fc.nat(), normal: fc.nat() }),
      suspect: fc.option(fc.record({ seq: fc.nat(), attempts: fc.nat() })),
      state: json,
      out: fc.array(out, { maxLength: 5 })
    })
    const codec = Schema.fromJsonString(Commit)
    fc.assert(
      fc.property(commit, (one) => {
        const back = Schema.decodeSync(codec)(Schema.encodeSync(codec)(one))
        assert.strictEqual(Schema.encodeSync(codec)(back), Schema.encodeSync(codec)(one))
        assert.strictEqual(JSON.stringify(back.out), JSON.stringify(one.out))
      })
    )
  })

  it("is refused when it is damaged, and never throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          json.map((value) => JSON.stringify(value))
        ),
        (garbage) => {
          assert.isTrue(Option.isNone(Effect.runSync(Effect.option(decodeEnvelope(garbage)))))
        }
      )
    )
  })
})

describe("keys", () => {
  it("are those of NATS", () => {
    // The pair in NATS' own documentation of nkeys.
    const seed = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"
    assert.strictEqual(fromSeed(seed).publicKey, "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4")
  })

  it("sign tokens that their public half verifies", () => {
    for (const kind of ["operator", "account", "user"] as const) {
      const key = createKey(kind)
      assert.strictEqual(fromSeed(key.seed).publicKey, key.publicKey)
      assert.strictEqual(key.publicKey[0], { operator: "O", account: "A", user: "U" }[kind])
      const [head, body, signature] = jwt({ sub: key.publicKey, name: "ü", nats: {} }, key, 7).split(".")
      const claims = JSON.parse(Buffer.from(body ?? "", "base64url").toString()) as Record<string, unknown>
      assert.deepInclude(claims, { iss: key.publicKey, sub: key.publicKey, name: "ü", iat: 7 })
      // The raw key stands behind one byte of prefix.
      const bits = Array.from(key.publicKey).map((char) =>
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char).toString(2).padStart(5, "0")
      )
      const bytes = (bits.join("").match(/.{8}/gu) ?? []).map((byte) => Number.parseInt(byte, 2))
      const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(bytes.slice(1, 33))])
      const half = createPublicKey({ key: der, format: "der", type: "spki" })
      assert.isTrue(verify(null, Buffer.from(`${head}.${body}`), half, Buffer.from(signature ?? "", "base64url")))
    }
  })

  it("with any one character wrong are refused", () => {
    const { seed } = createKey("account")
    fc.assert(
      fc.property(
        fc.nat(seed.length - 1),
        fc.constantFrom(...Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567a1 ")),
        (at, char) => {
          fc.pre(seed[at] !== char)
          assert.throws(() => fromSeed(seed.slice(0, at) + char + seed.slice(at + 1)), /not a seed/u)
        }
      )
    )
  })
})

describe("the frame", () => {
  it("keeps the words of a session whole behind its names, and a person's words bare", () => {
    fc.assert(
      fc.property(text, text, (words, name) => {
        assert.include(
          frame({ id: "m1" as never, from: { kind: "session", id: SessionId.make("0a1b2c3d"), name }, text: words }),
          words
        )
        assert.strictEqual(frame({ id: "m1" as never, from: { kind: "human", name }, text: words }), words)
      })
    )
  })
})
