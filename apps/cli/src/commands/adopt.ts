import {
  type AdoptResult,
  ConfigError,
  DEFAULT_PROJECT,
  type RemoteId,
  totalOf,
} from '@halfrate/core'
import { EXIT } from '../exit-code.js'
import { rememberJob } from '../run/known-jobs.js'
import { storeFlag } from '../run/self-command.js'
import {
  openExistingStore,
  placeOf,
  requireProvider,
  type StoreFlags,
} from '../run/store-options.js'
import { commandText } from '../screen/command-text.js'
import { countOf } from '../screen/number-text.js'
import { instantText } from '../screen/time-text.js'

/** Flags of `adopt`. */
export interface AdoptFlags extends StoreFlags {
  readonly job?: string | undefined
  readonly json?: boolean | undefined
}

/**
 * Takes in a batch that was made elsewhere.
 *
 * @throws {ConfigError} when it can't be: it runs, is not there, can't be read, or is of a store of Halfrate's.
 */
export async function adopt(batch: string, flags: AdoptFlags): Promise<number> {
  const job = jobOf(batch, flags.job)
  const place = placeOf(flags)
  requireProvider(place)
  await using half = await openExistingStore(place)
  await half.checkAccess()
  const there = await half.store.findJob({ project: DEFAULT_PROJECT, name: job })
  const engine = await half.engine()
  const result = await engine.adopt({ remoteId: batch as RemoteId, job })
  if (result.type !== 'adopted' && result.type !== 'known') {
    throw refusal(batch, result, { now: await half.store.now(), flag: storeFlag(place) })
  }
  if (result.type === 'known') {
    const text = `this store has batch ${batch} already; nothing was changed`
    say(flags, { type: 'adopted', batch_id: batch, changed: false }, text)
    return EXIT.usable
  }
  await rememberJob(half.store, job)
  const rows = countOf(result.submission.requestCount, 'row')
  const where =
    there === null ? `job ${job}` : `job ${job}, beside its ${countOf(there.rowCount, 'row')}`
  const store = storeFlag(place)
  const requests = result.submission.requestCount
  say(
    flags,
    { type: 'adopted', batch_id: batch, changed: true, job, requests },
    `adopted: ${rows} of ${batch} go to ${where}\nnext: ${commandText('work --once', store)}, then ${commandText(`results --job ${job}`, store)}`,
  )
  return EXIT.usable
}

function say({ json }: AdoptFlags, object: object, text: string): void {
  process.stdout.write(`${json === true ? JSON.stringify(object) : text}\n`)
}

// It becomes part of a queue's name, which is what the rows of an adopted batch are found by.
function jobOf(batch: string, name: string | undefined): string {
  const job = name ?? batch
  if (/^[A-Za-z0-9_.-]{1,50}$/.test(job)) return job
  throw new ConfigError(
    `${name === undefined ? '<batch>' : '--job'}: expected 1 to 50 letters, digits, dots, dashes or underscores, got ${JSON.stringify(job)}.`,
    'Choose another name with --job. Nothing was changed.',
  )
}

function refusal(
  batch: string,
  result: Exclude<AdoptResult, { readonly type: 'adopted' | 'known' }>,
  { now, flag }: { readonly now: number; readonly flag: string },
): ConfigError {
  switch (result.type) {
    case 'running': {
      const until = instantText(result.batch.expiresAt, now)
      const rows = countOf(totalOf(result.batch.counts), 'row')
      return new ConfigError(
        `batch ${batch} of ${rows} has not ended, and Claude tells which rows it has only at its end.`,
        `Adopt it when it has, at the latest at ${until}. Nothing was changed.`,
      )
    }
    case 'ours':
      return new ConfigError(
        `batch ${batch} was made by Halfrate.`,
        `The store that made it fetches its results. After a restored backup, ${commandText('recover', flag)} takes in what is missing.`,
      )
    case 'unreadable':
      return new ConfigError(
        `no line of the results of batch ${batch} could be read.`,
        'Results are there for 29 days; try again later. Nothing was changed.',
      )
    case 'not_found':
      return new ConfigError(
        `there is no batch ${batch} in this workspace: ${result.error.message}`,
        'Check its id and the key. Nothing was changed.',
      )
    case 'failed':
      return new ConfigError(
        `batch ${batch} can't be asked for: ${result.error.message}`,
        'Try again. Nothing was changed.',
      )
  }
}
