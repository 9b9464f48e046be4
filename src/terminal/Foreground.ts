/** Who reads the keys of a pane: its agent, or a shell that the agent left behind when it ended. */
import { execFile } from "node:child_process"
import { readdir, readFile, readlink, realpath } from "node:fs/promises"
import { basename } from "node:path"
import { promisify } from "node:util"

const SHELLS = new Set(
  [
    "sh",
    "ash",
    "bash",
    "busybox",
    "csh",
    "dash",
    "elvish",
    "fish",
    "ksh",
    "ksh93",
    "mksh",
    "nu",
    "oksh",
    "pwsh"
  ].concat(["rbash", "tcsh", "xonsh", "yash", "zsh"])
)

/** A login shell's name begins with a dash. */
const isShell = (program: string): boolean => SHELLS.has(basename(program).replace(/^-/u, ""))

/** Is this program, as it is to be run, a shell itself? Then a shell that reads the keys is what was asked for. */
export const runsShell = async (program: string): Promise<boolean> =>
  isShell(program) || isShell(await realpath(program).catch(() => program))

interface Process {
  readonly group: number
  /** The group that reads the terminal. */
  readonly foreground: number
  readonly program: string
}

/** By the kernel's own files. A script shows as its interpreter, which is what reads the keys. */
const fromProc = async (pid: number): Promise<Process | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "")
  if (stat === "") return undefined
  // Behind the name, which may hold anything: state, parent, group, session, terminal, foreground.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  const program = await readlink(`/proc/${pid}/exe`).catch(() =>
    stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"))
  )
  return { group: Number(fields[2]), foreground: Number(fields[5]), program }
}

const fromPs = async (): Promise<ReadonlyMap<number, Process>> => {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,pgid=,tpgid=,comm="]).catch(() => ({
    stdout: ""
  }))
  return new Map(
    stdout.split("\n").flatMap((line) => {
      const [, pid = "", group = "", foreground = "", program = ""] =
        /^\s*(\d+)\s+(-?\d+)\s+(-?\d+)\s+(.*?)\s*$/u.exec(line) ?? []
      return pid === "" ? [] : [[Number(pid), { group: Number(group), foreground: Number(foreground), program }]]
    })
  )
}

const allFromProc = async (): Promise<ReadonlyArray<Process>> => {
  const numbers = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/u.test(name))
  const found = await Promise.all(numbers.map((pid) => fromProc(Number(pid))))
  return found.filter((process) => process !== undefined)
}

/**
 * Do only shells read a pane's keys, given the pane's own process? As a rule that is the agent, which is found out once; only
 * behind a wrapper that is a shell script must the others be looked at: while the agent runs, it is among them.
 */
export const makeForeground = (): ((pane: string, pid: number) => Promise<boolean>) => {
  const agents = new Set<string>()
  return async (pane, pid) => {
    if (pid <= 1 || agents.has(`${pane} ${pid}`)) return false
    const own = await fromProc(pid)
    const listed = own === undefined ? await fromPs() : undefined
    const leader = own ?? listed?.get(pid)
    if (leader === undefined) return false
    if (!isShell(leader.program)) {
      agents.add(`${pane} ${pid}`)
      return false
    }
    const all = listed === undefined ? await allFromProc() : [...listed.values()]
    const readers = all.filter(({ group }) => group === leader.foreground)
    return readers.length > 0 && readers.every(({ program }) => isShell(program))
  }
}
