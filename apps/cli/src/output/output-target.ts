import { constants } from 'node:fs'
import { access, open, readdir, realpath, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { OutputError } from '@halfrate/core'
import { identityOf } from '../input/input-file.js'

/**
 * Where rows go. `stdout`: standard output. `file`: written beside as `partialPath` and renamed when it is whole.
 * `device`: something that can't be renamed over, such as a pipe, written straight.
 */
export type OutputTarget =
  | { readonly type: 'stdout' }
  | { readonly type: 'device'; readonly name: string; readonly path: string }
  | {
      readonly type: 'file'
      /** As the caller named it. */
      readonly name: string
      /** What is replaced in the end; links are resolved. */
      readonly path: string
      readonly partialPath: string
      /** Permissions of the file that is replaced; null when there is none yet. */
      readonly mode: number | null
    }

/** Files that an output must not replace, under whatever name. */
export interface KeptFiles {
  /** Device and inode of every file that is read. */
  readonly inputIdentities: ReadonlySet<string>
  /** Absolute path of the store, whether it is there or not. */
  readonly store: string
}

// Standard output by its other names would be replaced by a file, or mixed with the report.
const STDOUT_NAMES: ReadonlySet<string> = new Set([
  '-',
  '/dev/stdout',
  '/dev/fd/1',
  '/proc/self/fd/1',
])

/** Whether an output of that name is standard output. */
export function isStdout(name: string): boolean {
  return STDOUT_NAMES.has(name)
}

/**
 * Makes sure that rows can be written, before anything is sent for them.
 *
 * @throws {OutputError} when the folder is missing, the place is a directory, the input or the store, or can't be written.
 */
export async function openOutputTarget(name: string, kept: KeptFiles): Promise<OutputTarget> {
  if (isStdout(name)) return { type: 'stdout' }
  if (name === '') throw refuse("''", 'it has no name', 'Name a file with -o.')
  const path = await resolved(name)
  const found = await stat(path).catch(() => null)
  if (found !== null && kept.inputIdentities.has(identityOf(found))) {
    throw refuse(name, 'it is the input file', 'Name another file with -o.')
  }
  if (await isStore(path, kept.store)) {
    throw refuse(name, 'it is the store', 'Name another file with -o.')
  }
  if (found?.isDirectory() === true) {
    throw refuse(name, 'it is a directory', 'Name a file with -o.')
  }
  if (found !== null) await mayWrite(name, path)
  if (found !== null && !found.isFile()) return { type: 'device', name, path }
  // Two processes that write the same output at the same time must not write into one file.
  const partialPath = `${path}.${process.pid}.partial`
  await tryPartial(name, partialPath)
  await removeLeftovers(path)
  return { type: 'file', name, path, partialPath, mode: found === null ? null : found.mode & 0o777 }
}

// SQLite keeps two more files beside a store, which belong to it.
async function isStore(path: string, store: string): Promise<boolean> {
  const place = await realpath(store).catch(() => realpathOfNew(store))
  return ['', '-wal', '-shm', '-journal'].some((ending) => path === `${place}${ending}`)
}

async function realpathOfNew(path: string): Promise<string> {
  return join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path))
}

// What a process that was killed left half written. The name tells whose it was.
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path)
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (!name.startsWith(`${basename(path)}.`)) continue
    const pid = /^\.(\d+)\.partial$/.exec(name.slice(basename(path).length))?.[1]
    if (pid === undefined || isRunning(Number(pid))) continue
    await rm(join(folder, name), { force: true }).catch(() => undefined)
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

// The file behind links, so that a link stays one and its file is replaced.
async function resolved(name: string): Promise<string> {
  const path = resolve(name)
  const folder = await realpath(dirname(path)).catch((error: NodeJS.ErrnoException) => {
    const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR'
    const problem = isMissing ? 'its folder does not exist' : error.message
    throw refuse(
      name,
      problem,
      `Make the folder ${dirname(path)}, or name another file with -o.`,
      error,
    )
  })
  if (!(await stat(folder)).isDirectory()) {
    throw refuse(name, `${dirname(path)} is a file, not a folder`, 'Name another file with -o.')
  }
  const place = join(folder, basename(path))
  return realpath(place).catch(() => place)
}

async function mayWrite(name: string, path: string): Promise<void> {
  await access(path, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
    throw notWritable(name, error)
  })
}

// Only writing tells: permissions, read-only disks and quotas have no other common question.
async function tryPartial(name: string, partialPath: string): Promise<void> {
  try {
    const handle = await open(partialPath, 'w')
    await handle.close()
    await rm(partialPath)
  } catch (error) {
    throw notWritable(name, error as NodeJS.ErrnoException)
  }
}

function notWritable(name: string, error: NodeJS.ErrnoException): OutputError {
  const isForbidden = error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'EROFS'
  const problem = isForbidden ? 'this user may not write there' : error.message
  return refuse(name, problem, 'Change the permissions, or name another file with -o.', error)
}

function refuse(name: string, problem: string, nextStep: string, cause?: unknown): OutputError {
  return new OutputError(`-o ${name}: ${problem}.`, `Nothing was sent. ${nextStep}`, { cause })
}
