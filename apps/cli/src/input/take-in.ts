import {
  DEFAULT_PROJECT,
  type Job,
  type LoadCounts,
  loadJob,
  type OnConflict,
} from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'
import { RUN_QUEUE } from '../run/store-options.js'
import { countOf } from '../screen/number-text.js'
import { InterruptedReading } from './interrupted-reading.js'
import { readRows } from './read-rows.js'
import type { RequestSource } from './request-source.js'

/** What a job came to hold. */
export interface TakenIn {
  readonly job: Job
  readonly newRows: number
  readonly sameRows: number
  /** Rows with other params than last time, whose old answers are kept. */
  readonly keptRows: number
  /** The very same input was taken in before; it was not read again. */
  readonly isSameInput: boolean
}

// How often a long reading gives a sign of life, in rows.
const SIGN_EVERY = 100_000

/**
 * Takes requests into a job: all of them, or none. Null when it was interrupted.
 *
 * An input that was taken in before is known by its digest and not read again.
 *
 * @throws {InvalidInputError} when a line can't be taken.
 * @throws {KeyConflictError} when keys are there with other params, and `onConflict` does not say what to do.
 */
export async function takeIn(params: {
  readonly half: Halfrate
  readonly source: RequestSource
  readonly job: string
  readonly onConflict: OnConflict
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}): Promise<TakenIn | null> {
  const { half, source, job: name, onConflict, signal, say } = params
  const before = await half.store.findJob({ project: DEFAULT_PROJECT, name })
  const warned = new Set<string>()
  try {
    if (before !== null && (await isSameInput(before, source))) {
      return { job: before, newRows: 0, sameRows: before.rowCount, keptRows: 0, isSameInput: true }
    }
    const { job, counts } = await loadJob({
      store: half.store,
      queue: RUN_QUEUE,
      jobName: name,
      onConflict,
      file: source.name,
      read: () => {
        const reading = readRows({ half, source, warn: say, warned, signal })
        // With `keep` the job is not what the input says, so the input must be read again next time.
        return onConflict === 'keep' ? { ...reading, sourceDigest: () => null } : reading
      },
      onRow: (counts) => sign(counts, say),
    })
    return {
      job,
      newRows: counts.new,
      sameRows: counts.same,
      keptRows: counts.changed,
      isSameInput: false,
    }
  } catch (error) {
    if (error instanceof InterruptedReading) return null
    throw error
  }
}

async function isSameInput(job: Job, source: RequestSource): Promise<boolean> {
  return job.sourceDigest !== null && job.sourceDigest === (await source.digest())
}

function sign({ rows }: LoadCounts, say: (text: string) => void): void {
  if (rows % SIGN_EVERY === 0) say(`${countOf(rows, 'row')} read`)
}
