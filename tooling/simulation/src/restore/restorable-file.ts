import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '@halfrate/core'
import { openSqliteStore } from '@halfrate/store-sqlite'
import type { StoreParams } from '../store/open-store.js'
import { currentStore } from './current-store.js'
import type { RestorableStore } from './restorable-store.js'

const FILE = 'store.db'
const BACKUP = 'backup.db'
// What is committed and not yet in the file itself.
const LOG = '-wal'
const INDEX = '-shm'

/** Opens an empty SQLite store in a file of its own, which goes when the store is shut down. */
export async function openRestorableFile(params: StoreParams): Promise<RestorableStore> {
  const directory = await mkdtemp(join(tmpdir(), 'halfrate-simulation-'))
  const [path, copy] = [join(directory, FILE), join(directory, BACKUP)]
  const { now, pageLimit } = params
  const open = async (): Promise<Store> =>
    await openSqliteStore({ path, now, pageLimit, turnEveryMs: Infinity })
  let current = await open()
  const shutdown = async (): Promise<void> => {
    await current.shutdown()
    await rm(directory, { recursive: true })
  }
  const putBack = async (): Promise<void> => {
    await current.shutdown()
    await rm(`${path}${INDEX}`, { force: true })
    await copyStore(copy, path)
    current = await open()
  }
  const store = new Proxy(
    currentStore(() => current),
    {
      get: (all, name) => (name === 'shutdown' ? shutdown : Reflect.get(all, name)),
    },
  )
  const backup = async (): ReturnType<RestorableStore['backup']> => {
    await copyStore(path, copy)
    return { putBack }
  }
  return { store, backup }
}

// As no transaction is under way, the file and its log are the store.
async function copyStore(from: string, to: string): Promise<void> {
  for (const part of ['', LOG]) {
    await rm(`${to}${part}`, { force: true })
    await copyFile(`${from}${part}`, `${to}${part}`)
  }
}
