import {
  type EpochMs,
  type IntakeRow,
  type Job,
  type LoadCounts,
  loadJob,
  type OnConflict,
  RUN_QUEUE,
} from '@halfrate/core'
import { withDeadline } from '@halfrate/core/intake'
import type { Halfrate } from '@halfrate/runtime'
import { type JobBefore, jobBefore } from '../preflight/job-before.js'
import { NotSent } from '../preflight/not-sent.js'
import type { Preflight } from '../preflight/preflight.js'
import { countOf } from '../screen/number-text.js'
import { InterruptedReading } from './interrupted-reading.js'
import { readRows } from './read-rows.js'
import type { RequestSource } from './request-source.js'

/** What a job came to hold. */
export interface TakenIn {
  readonly type: 'taken'
  readonly job: Job
  readonly newRows: number
  readonly sameRows: number
  /** Rows with other params than last time, whose old answers are kept. */
  readonly keptRows: number
  /** The very same input was taken in before; it was not read again. */
  readonly isSameInput: boolean
}

/** Why nothing was taken in; nothing is left of it. */
export interface NotTaken {
  readonly type: 'not_taken'
  readonly why: 'interrupted' | NotSent['why']
}

// How often a long reading gives a sign of life, in rows.
const SIGN_EVERY = 100_000

/** What to take in, and into which job. */
export interface TakeInParams {
  readonly half: Halfrate
  readonly source: RequestSource
  readonly job: string
  readonly onConflict: OnConflict
  /** Whether custom ids end in keys; undefined as the queue has it. */
  readonly keyTails: boolean | undefined
  /** When rows are wanted that don't say it themselves; null for no instant. */
  readonly deadlineAt: EpochMs | null
  /** Most rows to take; null for all. */
  readonly limit: number | null
  readonly preflight: Preflight
  readonly signal: AbortSignal
  readonly say: (text: string) => void
}

/**
 * Takes requests into a job: all of them, or none.
 *
 * An input that was taken in before is known by its digest and not read again.
 *
 * @throws {InvalidInputError} when a line can't be taken.
 * @throws {KeyConflictError} when keys are there with other params, and `onConflict` does not say what to do.
 * @throws {ConfigError} when it costs more than may be sent without asking.
 */
export async function takeIn(params: TakeInParams): Promise<TakenIn | NotTaken> {
  const { half, source, job: name } = params
  // Looked at before the rows of this input stand beside the others.
  const before = await jobBefore(half, name)
  try {
    if (before !== null && (await isSameInput(before.job, source))) {
      return await takenBefore(params.preflight, before)
    }
    const { job, counts } = await load(params, before)
    return {
      type: 'taken',
      job,
      newRows: counts.new,
      sameRows: counts.same,
      keptRows: counts.changed,
      isSameInput: false,
    }
  } catch (error) {
    if (error instanceof InterruptedReading) return { type: 'not_taken', why: 'interrupted' }
    if (error instanceof NotSent) return { type: 'not_taken', why: error.why }
    throw error
  }
}

async function takenBefore(preflight: Preflight, before: JobBefore): Promise<TakenIn> {
  const { job } = before
  const { rowCount: rows } = job
  const isLimited = false
  await preflight.decide({ rows, new: 0, same: rows, changed: 0 }, { before, isLimited })
  return { type: 'taken', job, newRows: 0, sameRows: rows, keptRows: 0, isSameInput: true }
}

async function load(
  params: TakeInParams,
  before: JobBefore | null,
): Promise<{ readonly job: Job; readonly counts: LoadCounts }> {
  const { half, source, job, onConflict, keyTails, deadlineAt, preflight, limit, signal, say } =
    params
  const warned = new Set<string>()
  let isLimited = false
  return await loadJob({
    store: half.store,
    queue: RUN_QUEUE,
    jobName: job,
    ...{ onConflict, keyTails },
    file: source.name,
    read: () => {
      preflight.begin()
      const onLimit = () => {
        isLimited = true
      }
      const reading = readRows({ half, source, warn: say, warned, signal, limit, onLimit })
      // With `keep` the job is not what the input says, so the input must be read again next time.
      const wanted = { ...reading, rows: wantedRows(reading.rows, deadlineAt) }
      return onConflict === 'keep' ? { ...wanted, sourceDigest: () => null } : wanted
    },
    onRow: (counts) => sign(counts, say),
    onStored: (row, as) => preflight.note(row, as),
    beforeCommit: (counts) => preflight.decide(counts, { before, isLimited }),
  })
}

async function* wantedRows(
  rows: AsyncIterable<IntakeRow> | Iterable<IntakeRow>,
  deadlineAt: EpochMs | null,
): AsyncGenerator<IntakeRow, void, undefined> {
  for await (const row of rows) yield withDeadline(row, deadlineAt)
}

async function isSameInput(job: Job, source: RequestSource): Promise<boolean> {
  return job.sourceDigest !== null && job.sourceDigest === (await source.digest())
}

function sign({ rows }: LoadCounts, say: (text: string) => void): void {
  if (rows % SIGN_EVERY === 0) say(`${countOf(rows, 'row')} read`)
}
