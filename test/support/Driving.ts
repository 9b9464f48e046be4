/** What the tests do with real agents under `sm`: look, wait, press keys in a pane as a person would. */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import type { Notice } from "../../src/domain/Notice.ts"
import type { SessionCard } from "../../src/domain/Session.ts"
import type { makeRealSm } from "./RealAgents.ts"
import { until } from "./Until.ts"

export type RealSm = Effect.Success<typeof makeRealSm>

export const KINDS = ["claude", "codex"] as const
export type Kind = (typeof KINDS)[number]

interface Trace {
  readonly status: string
  readonly answer: string | null
  readonly hops: ReadonlyArray<{ readonly at: number; readonly status: string; readonly evidence: string }>
}

/** The whole life of a message that went well. */
export const HOPS = ["accepted", "injected", "submitted", "answered"]

/** Plays one scenario with both agents at the same time, each session named after its kind. */
export const withBoth = <A, E, R>(scenario: (kind: Kind) => Effect.Effect<A, E, R>) =>
  Effect.forEach(KINDS, scenario, { concurrency: 2, discard: true })

export const kill = (pid: number) => Effect.sync(() => process.kill(pid, "SIGKILL"))

export const cardOf = (sm: RealSm, name: string): Effect.Effect<SessionCard | undefined> =>
  Effect.map(sm.json("list", "--all"), (data) => {
    const cards = (data as never as ReadonlyArray<SessionCard>).filter((card) => card.name === name)
    // One that was killed has left its name to others.
    return cards.find(({ state }) => state !== "stopped") ?? cards[0]
  })

/** What a person should know now. */
export const notices = (sm: RealSm) =>
  Effect.map(sm.json("notices"), (data) => (data as never as { readonly notices: ReadonlyArray<Notice> }).notices)

/** Waits for a card that satisfies the predicate. */
export const shows = (sm: RealSm, name: string, what: string, holds: (card: SessionCard) => boolean, seconds = 30) =>
  until(
    `${name}: ${what}`,
    Effect.map(cardOf(sm, name), (card) => (card !== undefined && holds(card) ? card : undefined)),
    seconds
  ).pipe(Effect.catch(({ message }) => dieShowing(sm, name, message)))
export const reaches = (sm: RealSm, name: string, state: string, seconds = 30) =>
  shows(sm, name, state, (card) => card.state === state, seconds)

export const trace = (sm: RealSm, id: string) => Effect.map(sm.json("trace", id), (data) => data as never as Trace)
/** When it does not happen: what became of the message, and what the pane shows. */
const scene = (sm: RealSm, id: string) =>
  Effect.gen(function* () {
    const said = yield* sm.json("trace", id)
    const { name } = said["to"] as never as { readonly name: string }
    return yield* dieShowing(sm, name, JSON.stringify(said["hops"]))
  })
const dieShowing = (sm: RealSm, name: string, what: string) =>
  Effect.gen(function* () {
    const card = yield* cardOf(sm, name)
    const shown = (yield* screen(sm, name)).split("\n").filter((line) => line.trim() !== "")
    const log = readFileSync(join(sm.home, "state/daemon.log"), "utf8").trimEnd().split("\n")
    const lines = shown.slice(-25).map((line) => line.slice(0, 160))
    return yield* Effect.die(new Error([what, JSON.stringify(card), ...lines, ...log.slice(-5)].join("\n")))
  })

export const ends = (sm: RealSm, id: string, status: string, seconds = 60) =>
  until(
    `${id} is ${status}`,
    Effect.map(trace(sm, id), (data) => (data.status === status ? data : undefined)),
    seconds
  ).pipe(Effect.catch(() => scene(sm, id)))
export const answered = (sm: RealSm, id: string) => ends(sm, id, "answered")

/** Sends without waiting; answers with the message's id. */
export const send = (sm: RealSm, name: string, text: string, ...flags: ReadonlyArray<string>) =>
  Effect.map(sm.json("send", name, text, ...flags), (sent) => String(sent["messageId"]))

/** What the model behind this kind was asked. */
export const promptsOf = (sm: RealSm, kind: Kind) => (kind === "claude" ? sm.anthropic.prompts : sm.openai.prompts)

export const asked = (sm: RealSm, kind: Kind, words: string) =>
  until(
    `the model behind ${kind} is asked: ${words.slice(0, 40)}`,
    Effect.sync(() => promptsOf(sm, kind).find((prompt) => prompt.includes(words)))
  )

/** A command to the terminal server that the agents live in. */
export const tmux = (sm: RealSm, ...args: ReadonlyArray<string>): string =>
  execFileSync("tmux", ["-S", join(sm.home, "run/tmux"), ...args]).toString()

const targetOf = (sm: RealSm, name: string) => Effect.map(cardOf(sm, name), (card) => `=sm-${card?.id}:`)
export const inPane = (sm: RealSm, name: string, command: string, ...args: ReadonlyArray<string>) =>
  Effect.map(targetOf(sm, name), (target) => tmux(sm, command, "-t", target, ...args))
export const press = (sm: RealSm, name: string, ...keys: ReadonlyArray<string>) =>
  inPane(sm, name, "send-keys", ...keys)
export const screen = (sm: RealSm, name: string) => inPane(sm, name, "capture-pane", "-p")
export const showsText = (sm: RealSm, name: string, words: string, seconds = 20) =>
  until(
    `${name} shows: ${words}`,
    Effect.map(screen(sm, name), (text) => (text.includes(words) ? text : undefined)),
    seconds
  ).pipe(Effect.catch(({ message }) => dieShowing(sm, name, message)))
export const panePid = (sm: RealSm, name: string) =>
  Effect.map(inPane(sm, name, "display-message", "-p", "#{pane_pid}"), (said) => Number(said.trim()))

export const parentOf = (pid: number): number =>
  Number(execFileSync("ps", ["-o", "ppid=", "-p", String(pid)]).toString())

/** The daemon answers again. */
export const back = (sm: RealSm) =>
  until(
    "the daemon is back",
    Effect.map(sm.sm("list"), ({ code }) => (code === 0 ? true : undefined)),
    30
  )
