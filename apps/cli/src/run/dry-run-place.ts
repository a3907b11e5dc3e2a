import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isPostgresUrl } from '@halfrate/runtime'
import type { Place } from './store-options.js'

/** Where a dry run works. */
export interface DryRunPlace extends AsyncDisposable {
  readonly place: Place
}

/**
 * The place for a dry run: the store itself, which knows what was answered before; where there is no such file yet, one
 * that is taken away again.
 */
export async function dryRunPlace(place: Place): Promise<DryRunPlace> {
  if (isPostgresUrl(place.store) || existsSync(place.store)) {
    return { place, [Symbol.asyncDispose]: async () => undefined }
  }
  const folder = await mkdtemp(join(tmpdir(), 'halfrate-dry-run-'))
  return {
    place: { ...place, store: join(folder, 'halfrate.db') },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
