import { constants } from 'node:fs'
import { access, open, realpath, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { OutputError } from '@halfrate/core'

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
    }

/**
 * Makes sure that rows can be written, before anything is sent for them.
 *
 * `inputIdentity` is the input's device and inode, so that it is not written over under any name.
 *
 * @throws {OutputError} when the folder is missing, the place is a directory or the input, or can't be written.
 */
export async function openOutputTarget(
  name: string,
  inputIdentity: string | null,
): Promise<OutputTarget> {
  if (name === '-') return { type: 'stdout' }
  const path = await resolved(name)
  const found = await stat(path).catch(() => null)
  if (found !== null && inputIdentity === `${found.dev}:${found.ino}`) {
    throw refuse(name, 'it is the input file', 'Name another file with -o.')
  }
  if (found?.isDirectory() === true) {
    throw refuse(name, 'it is a directory', 'Name a file with -o.')
  }
  if (found !== null) await mayWrite(name, path)
  if (found !== null && !found.isFile()) return { type: 'device', name, path }
  const partialPath = join(dirname(path), `${basename(path)}.partial`)
  await tryPartial(name, partialPath)
  return { type: 'file', name, path, partialPath }
}

// The file behind links, so that a link stays one and its file is replaced.
async function resolved(name: string): Promise<string> {
  const path = resolve(name)
  const folder = await realpath(dirname(path)).catch((error: NodeJS.ErrnoException) => {
    const problem = error.code === 'ENOENT' ? 'its folder does not exist' : error.message
    throw refuse(
      name,
      problem,
      `Make the folder ${dirname(path)}, or name another file with -o.`,
      error,
    )
  })
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
