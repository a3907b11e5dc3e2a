import { ConfigError, StoreUnavailableError } from '../errors.js'
import type { IntakeRow } from '../ports/store-intake.js'
import {
  type IntakeLoad,
  type LoadCounts,
  type LoadResult,
  type OpenLoadParams,
  openLoad,
} from './intake-load.js'

/** Rows of an input, read from its beginning. */
export interface RowReading {
  readonly rows: AsyncIterable<IntakeRow> | Iterable<IntakeRow>
  /** Asked after the last row: the input's digest in hex, null for none. */
  readonly sourceDigest: () => string | null
}

/** What to load, and how to read it. */
export interface LoadJobParams extends OpenLoadParams {
  /** Starts reading from the beginning; called again when others filled the job too. */
  readonly read: () => RowReading
  /** Told after every row. */
  readonly onRow?: ((counts: LoadCounts) => void) | undefined
}

const MOST_READINGS = 4

/**
 * Loads a whole input into a job: everything of it is accepted, or nothing is left of it.
 *
 * Loading what is loaded changes nothing, and a load that was cut off goes on where it stopped.
 *
 * @throws {InvalidInputError} when the input can't be taken; whatever the reading throws comes out as it is.
 * @throws {KeyConflictError} when keys are there with other params and `onConflict` is `report`.
 * @throws {ConfigError} when other processes keep filling the same job; nothing of this input is accepted.
 * @throws {StoreUnavailableError} when the store did not answer; load again to go on.
 */
export async function loadJob(
  params: LoadJobParams,
): Promise<Extract<LoadResult, { type: 'committed' }>> {
  for (let reading = 0; reading < MOST_READINGS; reading += 1) {
    const load = await openLoad(params)
    const result = await loadOnce(load, params)
    if (result.type === 'committed') return result
  }
  throw new ConfigError(
    `Job "${params.jobName}" is being filled by another process at the same time.`,
    'Nothing of this input was sent. Run again when that one is done, or give this input a job of another name.',
  )
}

async function loadOnce(load: IntakeLoad, { read, onRow }: LoadJobParams): Promise<LoadResult> {
  try {
    const { rows, sourceDigest } = read()
    for await (const row of rows) {
      await load.add(row)
      onRow?.(load.counts)
      if (load.isStale) break
    }
    return await load.finish({ sourceDigest: load.isStale ? null : sourceDigest() })
  } catch (error) {
    // After a store that can't be reached the part waits for the next try.
    if (!(error instanceof StoreUnavailableError)) await abandonQuietly(load)
    throw error
  }
}

// What went wrong first is what the caller must hear; an open part sends nothing and is swept after a day.
async function abandonQuietly(load: IntakeLoad): Promise<void> {
  await load.abandon().catch(() => undefined)
}
