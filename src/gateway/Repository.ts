/** Which repository a directory belongs to: one for all its worktrees. Reads git's own files, a bounded part of them, and runs nothing. */
import { open, readlink, realpath, stat } from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"
import { Cache, Context, Duration, Effect, Layer } from "effect"

export interface Place {
  /** The directory that all worktrees share; where there is no repository, the directory itself. */
  readonly root: string
  /** The path asked about, without links. */
  readonly real: string
  /** False where it could not be looked at in time: then nothing is known of it. */
  readonly known: boolean
  /** The root of its worktree, the directory in which `.git` is; none where there is no repository. */
  readonly workspace: string | null
  /** The address of `origin`: clones of one repository share it. */
  readonly origin: string | null
}

export class Repository extends Context.Service<
  Repository,
  {
    /** Never fails and never takes long; what cannot be read is a place of its own. */
    readonly of: (directory: string) => Effect.Effect<Place>
    /** The same, looked up now: what was a moment ago is not good enough for a lock. */
    readonly fresh: (directory: string) => Effect.Effect<Place>
  }
>()("sm/gateway/Repository") {}

/** A look takes at most so long, ms: a directory may be on a disk that is away. */
const PATIENCE = Duration.seconds(1)
/** A repository may be made or removed: looked at again after this. */
const FRESH = Duration.seconds(30)
const REMEMBERED = 1000
/** Bytes of a file that are read. */
const LARGEST = 65_536

/** The beginning of a plain file; none for whatever else is there, or nothing. */
const head = async (path: string): Promise<string | undefined> => {
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile() !== true) return undefined
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LARGEST), 0, LARGEST, 0)
    return buffer.toString("utf8", 0, bytesRead)
  } finally {
    await file.close()
  }
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false
  )

/** What `.git` stands for: the directory itself, or what a worktree's or a submodule's file names. */
const gitDirectory = async (path: string): Promise<string | undefined> => {
  if ((await head(join(path, "HEAD"))) !== undefined) return path
  const named = /^gitdir: (.+)$/mu.exec((await head(path)) ?? "")?.[1]
  return named === undefined ? undefined : resolve(dirname(path), named.trim())
}

const originIn = (config: string): string | null => {
  const section = /^\s*\[remote "origin"\]([^[]*)/mu.exec(config)?.[1] ?? ""
  return /^\s*url\s*=\s*(\S.*?)\s*$/mu.exec(section)?.[1] ?? null
}

/** As many links may lead nowhere, one to the next. */
const LINKS = 40

/** Without links; what is not there yet is where it would be: also what a link names that leads nowhere, for a write makes it. */
const realOf = async (path: string, links = LINKS): Promise<string> => {
  try {
    return await realpath(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if ((code !== "ENOENT" && code !== "ENOTDIR") || path === dirname(path) || links === 0) throw error
    const above = await realOf(dirname(path), links)
    const named = await readlink(join(above, basename(path))).catch(() => undefined)
    return named === undefined ? join(above, basename(path)) : realOf(resolve(above, named), links - 1)
  }
}

const locate = async (directory: string): Promise<Place> => {
  const real = await realOf(directory)
  for (let at = real; ; at = dirname(at)) {
    const git = await gitDirectory(join(at, ".git"))
    if (git !== undefined && (await isDirectory(git))) {
      const shared = await head(join(git, "commondir"))
      const root = await realpath(shared === undefined ? git : resolve(git, shared.trim()))
      return { root, real, known: true, workspace: at, origin: originIn((await head(join(root, "config"))) ?? "") }
    }
    if (at === dirname(at)) return { root: real, real, known: true, workspace: null, origin: null }
  }
}

/** Looks that do not come back hold one of the few threads that all of the daemon's reads share: so many may. */
const LOST = 2

export const layer: Layer.Layer<Repository> = Layer.effect(
  Repository,
  Effect.suspend(() => {
    const lost = new Set<string>()
    const lookup = (directory: string): Effect.Effect<Place> =>
      Effect.suspend(() => {
        const unknown: Place = { root: directory, real: directory, known: false, workspace: null, origin: null }
        if (lost.size >= LOST) return Effect.succeed(unknown)
        let back = false
        const found = locate(directory).finally(() => {
          back = true
          lost.delete(directory)
        })
        return Effect.tryPromise(() => found).pipe(
          Effect.timeoutOrElse({
            duration: PATIENCE,
            orElse: () =>
              Effect.sync(() => {
                if (!back) lost.add(directory)
                return unknown
              })
          }),
          Effect.orElseSucceed(() => unknown)
        )
      })
    return Effect.map(Cache.make({ capacity: REMEMBERED, timeToLive: FRESH, lookup }), (places) => ({
      of: (directory) => Cache.get(places, directory),
      fresh: lookup
    }))
  })
)
