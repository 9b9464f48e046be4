/** `sm watch` on a terminal: what is known, what is chosen and the screen, brought together until the person leaves. */
import { ask } from "../Client.ts"
import { ExitCode } from "../ExitCode.ts"
import { lookInside } from "../LookInside.ts"
import { Unreachable } from "../Unreachable.ts"
import { type Asking, fulfil } from "./Doing.ts"
import { glyphsOf, UNICODE } from "./Glyphs.ts"
import type { Key } from "./Keys.ts"
import type { Tone } from "./Piece.ts"
import { press } from "./Press.ts"
import { openStage } from "./Stage.ts"
import { followSwarm } from "./Swarm.ts"
import { FIRST, type Ui, type Who, type Wish } from "./Ui.ts"
import { planOf, viewOf } from "./View.ts"

/** News that come together are one frame, ms. */
const FRAME = 40
/** Ages are counted in seconds. */
const SECOND = 1000

/** Said until the daemon has answered. */
const DOING: Readonly<Record<Asking["type"], string>> = {
  send: "sending",
  approve: "allowing",
  deny: "denying",
  kill: "ending it",
  restore: "restoring it",
  unlock: "taking it"
}

export const watchSwarm = async (env: NodeJS.ProcessEnv): Promise<number> => {
  // Where there is no daemon this says so and ends, before the screen is taken; one that goes away later is waited for.
  await ask("kinds", {}, { repeatable: true })
  return look(env)
}

const look = (env: NodeJS.ProcessEnv): Promise<number> =>
  new Promise((resolve, reject) => {
    const glyphs = glyphsOf(env)
    const style = { colours: !env["NO_COLOR"], ascii: glyphs !== UNICODE }
    let ui: Ui = FIRST
    let over = false
    /** Somebody else has the terminal. */
    let hidden = false
    let due: NodeJS.Timeout | undefined

    const draw = (): void => {
      if (hidden || over) return
      const [known, size, now] = [swarm.known(), stage.size(), Date.now()]
      const plan = planOf(known, ui, size, now, glyphs)
      ui = plan.ui
      const { cursor, lines } = viewOf(known, plan, size, now, glyphs)
      stage.show(lines, cursor)
      swarm.look(plan.rows.slice(ui.top, ui.top + plan.height).map(({ card }) => card.id))
    }
    const soon = (): void => {
      if (over) return
      due ??= setTimeout(() => {
        due = undefined
        guarded(draw)
      }, FRAME)
    }

    const close = (settled: () => void): void => {
      if (over) return
      over = true
      clearTimeout(due)
      clearInterval(ticking)
      swarm.stop()
      stage.close()
      settled()
    }
    const end = (code: number): void => close(() => resolve(code))
    const failed = (error: unknown): void => close(() => reject(error))
    /** A defect is told on the screen that the person gets back. */
    const guarded = (run: () => void): void => {
      try {
        run()
      } catch (error) {
        failed(error)
      }
    }
    const say = (text: string, tone: Tone): void => {
      ui = { ...ui, said: { text, tone, at: Date.now() } }
      soon()
    }

    const attach = async ({ id, name }: Who): Promise<void> => {
      const reply = await ask("attach", { session: id }, { repeatable: true })
      if (!reply.ok) return say(reply.error.message, "bad")
      const { command } = reply.data as { readonly command: ReadonlyArray<string> }
      hidden = true
      stage.leave()
      const left = await lookInside(command)
      hidden = false
      if (over) return
      stage.enter()
      if (typeof left !== "number") return say(left.message, "bad")
      if (left === ExitCode.ok) say(`back from ${name}`, "good")
      else say(`${name} cannot be shown: its pane is gone`, "bad")
    }

    const grant = async (wish: Wish): Promise<void> => {
      if (wish.type === "quit") return end(ExitCode.ok)
      if (wish.type === "suspend") return stage.suspend()
      if (wish.type === "attach") return attach(wish.who)
      if (wish.type === "redraw") {
        stage.forget()
        return soon()
      }
      say(`${DOING[wish.type]} …`, "dim")
      const { bad, text } = await fulfil(wish)
      say(text, bad ? "bad" : "good")
    }
    /** What cannot be reached is said; all else is a defect. */
    const granted = (wish: Wish): void =>
      void grant(wish).catch((error: unknown) =>
        error instanceof Unreachable ? say(error.message, "bad") : failed(error)
      )

    const key = (pressed: Key): void => {
      if (hidden || over) return
      const [known, now] = [swarm.known(), Date.now()]
      // What is pressed is for what is seen: the plan of the last frame holds the same rows unless something has changed.
      const plan = planOf(known, ui, stage.size(), now, glyphs)
      const step = press(plan.ui, pressed, { known, rows: plan.rows, height: plan.height, now })
      ui = step.ui
      soon()
      if (step.wish !== undefined) granted(step.wish)
    }

    const stage = openStage(style, { key: (pressed) => guarded(() => key(pressed)), redraw: soon, ended: end })
    const swarm = followSwarm(soon, failed)
    const ticking = setInterval(soon, SECOND)
    soon()
  })
