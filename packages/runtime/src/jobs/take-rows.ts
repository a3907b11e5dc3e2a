import { setImmediate as breathe } from 'node:timers/promises'
import {
  ConfigError,
  type Digest,
  type IntakeRow,
  IntakeRowMaker,
  KeyConflictError,
  type LoadResult,
  loadJob,
  type NewRequest,
  type OnConflict,
  type OpenLoadParams,
  openLoad,
  type ProjectId,
  type QueueName,
  type Store,
  type Job as StoredJob,
  StoreUnavailableError,
} from '@halfrate/core'
import { RowsChangedError } from './rows-changed-error.js'

/** What to take in, and into which job. */
export interface TakeRowsParams {
  readonly store: Store
  readonly digest: Digest
  readonly project: ProjectId
  readonly queue: QueueName
  readonly jobName: string
  readonly rows: Iterable<NewRequest> | AsyncIterable<NewRequest>
  readonly onConflict: OnConflict
}

// A store in this process blocks it while it writes; timers and sockets get their turn after so many rows.
const ROWS_A_BREATH = 1_000

/**
 * Takes all rows into a job, or none, in memory of constant size.
 *
 * @throws {InvalidInputError} when a row can't be taken.
 * @throws {RowsChangedError} when keys are there with other params and `onConflict` is `report`.
 * @throws {ConfigError} when another process fills the same job with other rows.
 */
export async function takeRows(params: TakeRowsParams): Promise<StoredJob> {
  const { store, project, queue, jobName, onConflict } = params
  const target = { store, project, queue, jobName, onConflict }
  try {
    const { job } = isRepeatable(params.rows)
      ? await loadJob({ ...target, read: () => ({ rows: intakeRows(params), sourceDigest }) })
      : await loadOnce(target, params)
    return job
  } catch (error) {
    throw error instanceof KeyConflictError ? new RowsChangedError(error) : error
  }
}

const sourceDigest = (): null => null

// Only of these is it sure that they can be read a second time: a stream gives a new iterator too, and no rows.
function isRepeatable(rows: TakeRowsParams['rows']): boolean {
  return Array.isArray(rows) || rows instanceof Set
}

async function* intakeRows({ rows, digest }: TakeRowsParams): AsyncGenerator<IntakeRow> {
  const maker = new IntakeRowMaker({ hash128: digest.hash128 })
  let row = 0
  for await (const request of rows) {
    row += 1
    yield maker.intakeRowOf(request, row, { file: 'rows', line: row })
    if (row % ROWS_A_BREATH === 0) await breathe()
  }
}

type Committed = Extract<LoadResult, { type: 'committed' }>

// Rows that can be read only once are never asked for again: what a call before this one left behind goes first.
async function loadOnce(target: OpenLoadParams, params: TakeRowsParams): Promise<Committed> {
  const { store, project, jobName: name } = params
  const before = await store.findJob({ project, name })
  const isLeftOpen = before !== null && before.openPart > before.committedPart
  if (isLeftOpen) await (await openLoad(target)).abandon()
  const load = await openLoad({ ...target, isReload: true })
  try {
    for await (const row of intakeRows(params)) {
      await load.add(row)
      if (load.isStale) break
    }
    const result = await load.finish({ sourceDigest: null })
    if (result.type === 'committed') return result
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) await load.abandon().catch(() => undefined)
    throw error
  }
  throw new ConfigError(
    `job ${JSON.stringify(name)} was filled by another process at the same time.`,
    'Nothing of these rows was sent. Run the job again, with rows from their beginning.',
  )
}
