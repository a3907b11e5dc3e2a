import { accessSync, constants, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StoreForeignError } from '@halfrate/core'
import { StoreAccessError } from '@halfrate/store-sql'

// Locks and shared memory do not work over these: NFS, SMB, CIFS, SMB2, AFS.
const NETWORK_FILE_SYSTEMS: readonly number[] = [0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f]

/**
 * Passes where a store can be.
 *
 * @throws {StoreForeignError} for a directory or a device.
 * @throws {StoreAccessError} where there is no folder, no permission, or no local disk.
 */
export function checkPlace(path: string, readOnly: boolean): void {
  const folder = dirname(path)
  const there = statSync(path, { throwIfNoEntry: false })
  if (there !== undefined && !there.isFile()) {
    const what = there.isDirectory() ? 'a directory' : 'not a plain file'
    throw new StoreForeignError(path, `it is ${what}, not a Halfrate store.`)
  }
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new StoreAccessError(
      `${path}: there is no folder ${folder}.`,
      'Make the folder, or name another file as the store.',
    )
  }
  if (there === undefined && readOnly) {
    throw new StoreAccessError(`${path}: there is no such file.`, 'Name another file as the store.')
  }
  if (!readOnly) checkWritable(path, there === undefined ? folder : path)
  checkLocal(path, folder)
}

function checkWritable(path: string, target: string): void {
  try {
    accessSync(target, constants.R_OK | constants.W_OK)
  } catch (cause) {
    throw new StoreAccessError(
      `${path}: you may not write ${target === path ? 'it' : `the folder ${target}`}.`,
      'Change its permissions, or name another file as the store.',
      { cause },
    )
  }
}

function checkLocal(path: string, folder: string): void {
  if (!NETWORK_FILE_SYSTEMS.includes(Number(statfsSync(folder).type))) return
  throw new StoreAccessError(
    `${path}: it is on a network file system, where SQLite's locks don't hold.`,
    'Put the store on a local disk of the machine that works on it.',
  )
}
