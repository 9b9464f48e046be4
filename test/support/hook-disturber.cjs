// Loaded with --require into the `sm hook` of a session: what PLAN_FILE says becomes of its reports. Late ones come by the spool.
const { appendFileSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } = require("node:fs")
const { spawn } = require("node:child_process")
const { join } = require("node:path")

const [, , verb, provider, event] = process.argv
const { PLAN_FILE: file, SM_SESSION_ID: session, SM_SPOOL: spool } = process.env

const disturb = () => {
  const treatment = JSON.parse(readFileSync(file, "utf8"))[event] ?? "at once"
  const held = `${file}.held`
  mkdirSync(held, { recursive: true })
  appendFileSync(`${file}.log`, `${Date.now()} ${event} ${treatment}\n`)
  /** What waited for this one comes behind it. */
  const release = () => {
    for (const name of readdirSync(held)) if (name.endsWith(".json")) renameSync(join(held, name), join(spool, name))
  }
  if (treatment === "at once") return void process.on("exit", release)
  if (treatment === "lost") process.exit(0)
  const payload = JSON.parse(readFileSync(0, "utf8") || "{}", (key, value) =>
    key === "tool_response" ? undefined : value
  )
  const at = Date.now()
  const id = `${at.toString(36).padStart(9, "0")}-${session}-${process.pid.toString(36)}`
  const report = JSON.stringify({ id, at, provider, event, payload, session })
  const write = (path) => {
    writeFileSync(`${path}.tmp`, report)
    renameSync(`${path}.tmp`, path)
  }
  const later = (seconds) => {
    const path = join(held, `${id}.${seconds}`)
    write(path)
    const words = ["-c", `sleep ${seconds}; mv "$0" "$1"`, path, join(spool, `${id}.json`)]
    spawn("sh", words, { detached: true, stdio: "ignore" }).unref()
  }
  if (treatment === "behind") write(join(held, `${id}.json`))
  else if (treatment === "late") later(3)
  else {
    write(join(spool, `${id}.json`))
    later(1)
    release()
  }
  process.exit(0)
}

if (file !== undefined && verb === "hook" && event !== "StatusLine") disturb()
