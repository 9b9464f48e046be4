/** The EM pattern of the README, played by real agents: every command is one that the EM's model gives to its own shell. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { answered, HOPS, type Kind, promptsOf, reaches, type RealSm, send, shows, trace } from "../support/Driving.ts"
import { makeRealSmWith, missing } from "../support/RealAgents.ts"
import { until } from "../support/Until.ts"

/** Tool calls of a model of that kind, one behind the other. */
const runs = (kind: Kind, ...commands: ReadonlyArray<string>): string =>
  commands
    .map((command) =>
      kind === "claude"
        ? `[[tool Bash ${JSON.stringify({ command })}]]`
        : `[[tool exec_command ${JSON.stringify({ cmd: command, yield_time_ms: 30_000 })}]]`
    )
    .join(" ")

/** What a prompt holds: its letters in order, without the ids that differ from run to run. */
const lettersIn = (prompts: ReadonlyArray<string>): ReadonlyArray<string> =>
  prompts
    .flatMap((prompt) => prompt.split(/\n\n(?=\[(?:sm|Input from))/u))
    .map((text) => text.replaceAll(/ · m\w{15}/gu, "").replaceAll(/ \(\w{8}\)/gu, ""))

/** What each turn of a conversation began with. */
const promptsIn = (sm: RealSm, conversation: string | null): ReadonlyArray<string> => [
  ...new Set(sm.anthropic.calls.filter((call) => call.conversation === conversation).map(({ prompt }) => prompt))
]

const idsIn = (prompt: string): ReadonlyArray<string> =>
  [...prompt.matchAll(/^\[[^\]\n]* · (m\w{15})\]/gmu)].map(([, id = ""]) => id)

/** In which conversation that model was asked this first. */
const conversationOf = (sm: RealSm, kind: Kind, words: string) =>
  (kind === "claude" ? sm.anthropic : sm.openai).calls.findLast(({ prompt }) => prompt.includes(words))?.conversation

/** A ticket from dispatch to clear, with an engineer of that kind: answers with what the EM was told meanwhile. */
const ticket = Effect.fnUntraced(function* (sm: RealSm, kind: Kind, number: number, pr: number) {
  const before = yield* shows(
    sm,
    "engineer-standby",
    "has had its first turn",
    ({ agentSessionId, epoch, state }) =>
      state === "idle" && epoch === 0 && agentSessionId === conversationOf(sm, kind, "As engineer, await tasks")
  )
  const architect = yield* reaches(sm, "architect-standby", "idle")
  const task = `Implement ticket #${number}`
  sm.anthropic.rules.push(
    {
      to: `Ticket #${number} is next`,
      says: `${runs("claude", `sm dispatch engineer-standby --role engineer --urgent --task "${task}"`)} [[text Engineer is on it.]]`
    },
    {
      to: `]\ndone: PR #${pr} created`,
      says: `${runs("claude", `sm dispatch architect-standby --role architect --urgent --pr ${pr}`)} [[text Routed to the architect.]]`
    },
    {
      to: `Pull request to review: ${pr}`,
      says: `${runs("claude", `sm send em "done: approved ${pr}"`)} [[text PR ${pr} is fine.]]`
    },
    { to: `]\ndone: approved ${pr}`, says: `${runs("claude", "sm clear engineer-standby")} [[text Merged.]]` }
  )
  sm[kind === "claude" ? "anthropic" : "openai"].rules.push({
    to: `${task}\n\nHow to work:`,
    says: `${runs(kind, 'sm status "writing tests"', kind === "codex" ? "sleep 4" : "sleep 1", `sm send em "done: PR #${pr} created"`, "sm task-complete")} [[text Tests of #${number} pass.]]`
  })

  const em = yield* shows(sm, "em-epic-987", "an EM at rest", (card) => card.em && card.state === "idle")
  const heard = promptsIn(sm, em.agentSessionId).length
  const go = yield* send(sm, "em-epic-987", `Ticket #${number} is next`)
  assert.strictEqual((yield* answered(sm, go)).answer, "Engineer is on it.")
  yield* shows(
    sm,
    "engineer-standby",
    "its own word",
    ({ role, status }) => role === "engineer" && status?.text === "writing tests"
  )
  yield* until(
    "the EM has heard of the architect's end",
    Effect.sync(() => promptsIn(sm, em.agentSessionId).find((prompt) => prompt.includes(`PR ${pr} is fine.`)))
  )
  yield* shows(sm, "engineer-standby", "cleared twice", (card) => card.epoch === 2 && card.state === "idle")
  const now = yield* reaches(sm, "em-epic-987", "idle")
  assert.strictEqual(now.agentSessionId, em.agentSessionId, "its context is kept")

  // The job came alone, in an empty context, and says who wants to hear what.
  const job = promptsOf(sm, kind).find((prompt) => prompt.includes(`${task}\n\nHow to work:`)) ?? ""
  assert.match(job, /^\[Input from: em-epic-987 \(\w{8}\) via sm send · m\w{15}\]\nYou are the engineer\.\n/u)
  assert.include(job, `sm send ${em.id} "done: `)
  assert.notStrictEqual(conversationOf(sm, kind, task), before.agentSessionId)
  assert.notStrictEqual(conversationOf(sm, "claude", `review: ${pr}`), architect.agentSessionId)

  // Of all that anybody sent, nothing is on its way, and nothing came twice.
  const prompts = [...new Set([...sm.anthropic.prompts, ...promptsOf(sm, kind)])]
  const ids = [go, ...prompts.flatMap(idsIn)]
  assert.strictEqual(new Set(ids).size, ids.length, "each once")
  for (const id of ids) {
    const { hops } = yield* trace(sm, id)
    assert.deepStrictEqual(
      hops.map(({ status }) => status),
      HOPS,
      id
    )
  }
  return lettersIn(promptsIn(sm, em.agentSessionId).slice(heard))
})

describe.skipIf(missing !== undefined)("an EM", () => {
  it.live(
    "makes no call of its model but for what it is paged with: Claude Code works for it, then Codex",
    () =>
      Effect.gen(function* () {
        const sm = yield* makeRealSmWith("")
        writeFileSync(join(sm.claudeHome, "settings.json"), JSON.stringify({ permissions: { allow: ["Bash"] } }))
        sm.anthropic.rules.push(
          {
            to: "As EM, implement epic 987",
            says: `${runs(
              "claude",
              "sm em epic-987",
              'sm spawn claude "As engineer, await tasks" --name engineer-standby',
              'sm spawn claude "As architect, await tasks" --name architect-standby'
            )} [[text Two stand by.]]`
          },
          {
            to: "Take Codex",
            says: `${runs(
              "claude",
              "sm kill engineer-standby",
              'sm spawn codex "As engineer, await tasks" --name engineer-standby'
            )} [[text One stands by.]]`
          }
        )
        yield* sm.json("spawn", "claude", "As EM, implement epic 987", "--name", "boss")
        const told = (number: number, pr: number) => [
          `Ticket #${number} is next`,
          `[Input from: engineer-standby via sm send]\ndone: PR #${pr} created`,
          `[sm] engineer-standby completed its task: Implement ticket #${number}\nIts turn ended:\nTests of #${number} pass.`,
          `[Input from: architect-standby via sm send]\ndone: approved ${pr}`,
          `[sm] architect-standby stopped:\nPR ${pr} is fine.`
        ]
        assert.deepStrictEqual(yield* ticket(sm, "claude", 123, 456), told(123, 456))

        // The same once more, by an EM that is also paged while its engineer works.
        yield* sm.sm("down")
        writeFileSync(join(sm.home, "config/config.yaml"), "policy: { wake: 3 }")
        yield* sm.sm("up", "--detach")
        yield* answered(sm, yield* send(sm, "em-epic-987", "Take Codex"))
        const second = yield* ticket(sm, "codex", 124, 457)
        // On a slow machine there is time for another digest.
        const digests = second.filter((letter) => letter.startsWith("[sm dispatch]"))
        assert.match(
          digests[0] ?? "",
          /^\[sm dispatch\] Child update: engineer-standby\nTask: Implement ticket #124\nDuration: \d+s\nStatus: /u
        )
        assert.deepStrictEqual(
          second.filter((letter) => !digests.includes(letter)),
          told(124, 457)
        )
      }).pipe(Effect.scoped),
    180_000
  )
})
