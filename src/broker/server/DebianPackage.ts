/** Debian's own package from a newer suite, through the machine's mirror and keyring, without touching the system. */
import { execFile } from "node:child_process"
import { mkdir, readdir, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { install, Missed } from "./Candidate.ts"

const exec = promisify(execFile)
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
/** The oldest suite that has a new enough one, and the one that always will. */
const SUITES = ["forky", "sid"]

/** The machine's own mirror. */
const mirror = async (signal: AbortSignal): Promise<string> => {
  const format = ["--format", "$(REPO_URI) $(SUITE)", "Created-By: Packages", "Component: main"]
  const targets = await exec("apt-get", ["indextargets", ...format], { signal }).catch(() => {
    throw new Missed("not a Debian (no apt-get)")
  })
  const uri = targets.stdout
    .split("\n")
    .map((line) => line.split(" "))
    .find(
      ([repository, suite]) =>
        repository !== undefined &&
        /debian/u.test(repository) &&
        !/security|updates|backports/u.test(`${repository} ${suite}`)
    )?.[0]
  if (uri === undefined) throw new Missed("apt has no Debian mirror configured")
  return uri
}

/** Puts the package's binary at `to`, through the folder `work`. apt verifies its signature. */
export const fromDebian = async (
  platform: NodeJS.Platform,
  work: string,
  to: string,
  signal: AbortSignal
): Promise<string> => {
  if (platform !== "linux") throw new Missed("not a Debian")
  const uri = await mirror(signal)
  if ((await stat(KEYRING).catch(() => undefined)) === undefined)
    throw new Missed(`${KEYRING} is missing (apt-get install debian-archive-keyring)`)
  const { stdout } = await exec("dpkg", ["--print-architecture"], { signal })
  const reasons: Array<string> = []
  for (const suite of SUITES) {
    try {
      const source = `deb [arch=${stdout.trim()} signed-by=${KEYRING}] ${uri} ${suite} main\n`
      return await install(await unpacked(join(work, suite), source, signal), to, signal)
    } catch (error) {
      if (!(error instanceof Missed)) throw error
      reasons.push(`${suite}: ${error.message}`)
    }
  }
  throw new Missed(reasons.join("; "))
}

/** Downloads the package into a private root and unpacks it; answers with the binary's path. */
const unpacked = async (root: string, source: string, signal: AbortSignal): Promise<string> => {
  for (const folder of ["lists/partial", "cache/archives/partial", "etc/parts", "state"])
    await mkdir(join(root, folder), { recursive: true })
  await writeFile(join(root, "state/status"), "")
  await writeFile(join(root, "etc/sources.list"), source)
  const settings: Readonly<Record<string, string>> = {
    "Dir::State": root,
    "Dir::State::Lists": join(root, "lists"),
    "Dir::State::status": join(root, "state/status"),
    "Dir::Cache": join(root, "cache"),
    "Dir::Log": root,
    "Dir::Etc::sourcelist": join(root, "etc/sources.list"),
    "Dir::Etc::sourceparts": join(root, "etc/parts"),
    "Dir::Etc::preferences": "/dev/null",
    "Dir::Etc::preferencesparts": join(root, "etc/parts"),
    "Acquire::Languages": "none",
    "APT::Sandbox::User": "",
    "APT::Update::Error-Mode": "any"
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`])
  const apt = async (...args: ReadonlyArray<string>) => {
    await exec("apt-get", [...flags, "-q", ...args], { cwd: root, timeout: 180_000, signal }).catch((error: Error) => {
      throw new Missed(`apt-get ${args[0]}: ${error.message.trim().split("\n").at(-1)}`)
    })
  }
  await apt("update")
  await apt("download", "nats-server")
  const packed = (await readdir(root)).find((file) => file.startsWith("nats-server_") && file.endsWith(".deb"))
  if (packed === undefined) throw new Missed("apt-get download left no package")
  await exec("dpkg-deb", ["-x", join(root, packed), join(root, "root")], { signal })
  return join(root, "root/usr/sbin/nats-server")
}
