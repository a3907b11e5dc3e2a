import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { OutputError } from '@halfrate/core'
import { identityOf } from '../../input/input-file.js'

/**
 * Makes sure that a page can stand under a name, before anything is read.
 *
 * @throws {OutputError} when it is a folder, or one of the inputs.
 */
export async function checkPageName(
  name: string,
  inputs: ReadonlySet<string | null>,
): Promise<void> {
  const found = await stat(name).catch(() => null)
  if (found === null) return
  if (found.isDirectory()) throw refused(name, 'it is a directory')
  if (inputs.has(identityOf(found))) throw refused(name, 'it is an input')
}

/**
 * Writes a page: whole, or not at all.
 *
 * @throws {OutputError} when it can't be written.
 */
export async function writePage(name: string, text: string): Promise<void> {
  const path = resolve(name)
  const partial = `${path}.${process.pid}.partial`
  try {
    await writeFile(partial, text)
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined)
    throw refused(name, (error as Error).message, error)
  }
}

function refused(name: string, problem: string, cause?: unknown): OutputError {
  return new OutputError(`--html ${name}: ${problem}.`, 'Name another file with --html.', { cause })
}
