/** Keystroke programs: what is pasted and pressed, as tmux commands that run as one. */
import { rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect } from "effect"
import { quote } from "./ControlProtocol.ts"
import { type PaneId, sanitise, type Stroke, TerminalError } from "./Terminal.ts"
import { describe, type Run } from "./TmuxConnection.ts"

/** Larger pastes go through a file: quoting and parsing 1 MB on the command line takes a second. */
const INLINE = 8192

/** No value of the option that is set with it: tmux refuses the line. */
const EXITED = "exited"

/** `dir` takes the files of large pastes. */
export const typist = (run: Run, dir: string) => {
  let buffer = 0

  const paste = Effect.fnUntraced(function* (pane: string, text: string) {
    const name = `sm${++buffer}`
    const send = `paste-buffer -p -r -d -b ${name} -t ${pane}`
    if (Buffer.byteLength(text) <= INLINE)
      return { lines: [`set-buffer -b ${name} -- ${quote(text)}`, send], file: undefined }
    const file = join(dir, `${name}.paste`)
    yield* Effect.tryPromise({
      try: () => writeFile(file, text, { mode: 0o600 }),
      catch: (error) => describe("type", error)
    })
    return { lines: [`load-buffer -b ${name} ${quote(file)}`, send], file }
  })

  return Effect.fn("Tmux.type")(function* (pane: PaneId, strokes: ReadonlyArray<Stroke>) {
    // A paste into a dead pane kills tmux 3.3 with everything in it: this fails for one, and the rest is skipped.
    const lines: Array<string> = [
      `set-option -p -F -t ${pane} remain-on-exit '#{?pane_dead,${EXITED},on}'`,
      // While a person scrolls back tmux forgets that the program wants pastes bracketed.
      `copy-mode -q -t ${pane}`
    ]
    const files: Array<string> = []
    for (const stroke of strokes) {
      if (stroke._tag === "Paste") {
        const text = sanitise(stroke.text)
        if (text === "") continue
        const pasted = yield* paste(pane, text)
        lines.push(...pasted.lines)
        if (pasted.file !== undefined) files.push(pasted.file)
        continue
      }
      if (stroke.keys.length > 0) lines.push(`send-keys -t ${pane} ${stroke.keys.join(" ")}`)
    }
    if (lines.length === 2) return
    yield* run("type", ...lines).pipe(
      Effect.mapError((error) =>
        error.detail === `unknown value: ${EXITED}`
          ? new TerminalError({ operation: "type", reason: "Refused", detail: "the program in this pane has ended" })
          : error
      ),
      Effect.ensuring(Effect.promise(() => Promise.all(files.map((file) => rm(file, { force: true })))))
    )
  })
}
