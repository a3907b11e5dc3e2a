import { ConfigError, StoreForeignError, StoreNewerError } from '@halfrate/core'
import type { Reply } from './connection.js'

type Ask = (words: readonly string[]) => Promise<Reply>

const OLDEST_MAJOR = 7
/** The key layout that this code reads and writes. Raise it with any change to a key or a record. */
export const FORMAT = 2

// A promise of ours rests on each: the setting, the value that it must have, and why.
const SETTINGS: readonly (readonly [name: string, value: string, reason: string])[] = [
  ['appendonly', 'yes', 'without the log a restart forgets what was acknowledged'],
  ['appendfsync', 'always', 'with any other value a power cut forgets what was acknowledged'],
  ['no-appendfsync-on-rewrite', 'no', 'otherwise nothing is synced while the log is rewritten'],
  [
    'maxmemory-policy',
    'noeviction',
    'with any other policy the server drops keys when memory is short',
  ],
]

/**
 * Passes when a server keeps what it acknowledges, and holds this store or none.
 *
 * @throws {ConfigError} when its version, its mode or a setting does not do; the error says which and what to do.
 * @throws {ConfigError} when an older version wrote it, whose layout is another.
 * @throws {StoreForeignError} when something else is there, or what was there is gone.
 * @throws {StoreNewerError} when a newer version wrote it.
 */
export async function checkServer(
  ask: Ask,
  store: { readonly formatKey: string; readonly mayMake: boolean },
): Promise<void> {
  await checkVersion(ask)
  await checkMode(ask)
  for (const [name, value, reason] of SETTINGS) await checkSetting(ask, name, value, reason)
  await checkFormat(ask, store)
}

/** Whether a server runs, at this instant, with every setting that keeps what it acknowledges. */
export async function keepsAll(ask: Ask): Promise<boolean> {
  const found = await Promise.all(SETTINGS.map(([name]) => configOf(ask, name)))
  return SETTINGS.every(([, value], index) => found[index]?.[1] === value)
}

async function checkVersion(ask: Ask): Promise<void> {
  const version = fieldOf(await ask(['INFO', 'server']), 'redis_version')
  if (Number(version.split('.')[0]) >= OLDEST_MAJOR) return
  throw new ConfigError(
    `Redis ${OLDEST_MAJOR}.0 or newer is needed, this is ${version === '' ? 'unknown' : version}.`,
    'Update the server, or name another one.',
  )
}

async function checkMode(ask: Ask): Promise<void> {
  const isCluster = fieldOf(await ask(['INFO', 'cluster']), 'cluster_enabled') === '1'
  if (isCluster) {
    throw new ConfigError(
      'A single Redis server is needed, this one is in cluster mode.',
      'Name a server with cluster-enabled no: a step changes keys that a cluster keeps on several nodes.',
    )
  }
  const role = fieldOf(await ask(['INFO', 'replication']), 'role')
  if (role === 'master') return
  throw new ConfigError(`A primary is needed, this server is a ${role}.`, 'Name its primary.')
}

async function checkSetting(ask: Ask, name: string, value: string, reason: string): Promise<void> {
  const [, found] = await configOf(ask, name)
  if (found === value) return
  throw new ConfigError(
    `Redis must run with ${name} ${value}, it runs with ${name} ${found ?? 'unknown'}: ${reason}.`,
    `Write "${name} ${value}" into redis.conf and start the server again, or: redis-cli CONFIG SET ${name} ${value}`,
  )
}

async function configOf(ask: Ask, name: string): Promise<readonly (string | undefined)[]> {
  try {
    return (await ask(['CONFIG', 'GET', name])) as readonly string[]
  } catch (cause) {
    throw new ConfigError(
      `Redis does not tell its setting ${name}, so it is not known whether it keeps what it acknowledges.`,
      'Allow this user CONFIG GET.',
      { cause },
    )
  }
}

async function checkFormat(
  ask: Ask,
  { formatKey, mayMake }: { readonly formatKey: string; readonly mayMake: boolean },
): Promise<void> {
  if (mayMake) await ask(['SET', formatKey, `own-store ${FORMAT}`, 'NX'])
  const found = await ask(['GET', formatKey]).catch((cause: unknown) => {
    throw new StoreForeignError(formatKey, 'another program keeps something there', { cause })
  })
  if (found === null) {
    throw new StoreForeignError(
      formatKey,
      'the store that was there is gone; restore it from a backup',
    )
  }
  const [, format] = /^own-store (\d+)$/.exec(String(found)) ?? []
  if (format === undefined)
    throw new StoreForeignError(formatKey, `it holds ${JSON.stringify(found)}`)
  if (Number(format) > FORMAT) {
    throw new StoreNewerError({ path: formatKey, found: format, newest: String(FORMAT) })
  }
  if (Number(format) < FORMAT) throw olderLayout(formatKey, format)
}

// Its records lack what this code relies on, and nothing here brings them up to date.
function olderLayout(formatKey: string, found: string): ConfigError {
  return new ConfigError(
    `${formatKey}: an older version wrote this store, in layout ${found}; this version reads layout ${FORMAT} only.`,
    'Finish its work with the version that wrote it, then delete the keys of this namespace or name another one.',
  )
}

/** One field of what `INFO` answers; empty when it is not there. */
export function fieldOf(info: Reply, name: string): string {
  return new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(String(info))?.[1] ?? ''
}
