import {
  ConfigError,
  type IntakeRow,
  InvalidInputError,
  KeyConflictError,
  type LoadedAs,
  type LoadResult,
  loadJob,
  type OnConflict,
  type OpenLoadParams,
  openLoad,
  type ProjectId,
  type QueueName,
  type Store,
  type Job as StoredJob,
  StoreUnavailableError,
} from '@halfrate/core'
import type { CapAtDoor } from './cap-at-door.js'
import { intakeRows, type RowsToTake } from './intake-rows.js'
import { RowsChangedError } from './rows-changed-error.js'

/** What to take in, and into which job. */
export interface TakeRowsParams extends RowsToTake {
  readonly store: Store
  readonly project: ProjectId
  readonly queue: QueueName
  readonly jobName: string
  readonly onConflict: OnConflict
  readonly cap: CapAtDoor
}

/**
 * Takes all rows into a job, or none, in memory of constant size.
 *
 * @throws {InvalidInputError} when a row can't be taken.
 * @throws {RowsChangedError} when keys are there with other params and `onConflict` is `report`.
 * @throws {ConfigError} when another process fills the same job at the same time, or rows can't begin under the job's cap.
 */
export async function takeRows(params: TakeRowsParams): Promise<StoredJob> {
  const { store, project, queue, jobName, onConflict, cap } = params
  const beforeCommit = async (): Promise<void> => {
    const job = await store.findJob({ project, name: jobName })
    if (job !== null) await cap.decide(job)
  }
  const onStored = (row: IntakeRow, as: LoadedAs): void => cap.note(row, as)
  const target = { store, project, queue, jobName, onConflict, beforeCommit, onStored }
  try {
    const { job } = isRepeatable(params.rows)
      ? await loadJob({
          ...target,
          read: () => {
            cap.begin()
            return { rows: intakeRows(params), sourceDigest }
          },
        })
      : await loadOnce(target, params)
    return job
  } catch (error) {
    if (error instanceof KeyConflictError) throw new RowsChangedError(error)
    throw isEmpty(error) ? noRows(error) : error
  }
}

const sourceDigest = (): null => null

// Only of these is it sure that they can be read a second time: a stream gives a new iterator too, and no rows.
function isRepeatable(rows: TakeRowsParams['rows']): boolean {
  return Array.isArray(rows) || rows instanceof Set
}

type Committed = Extract<LoadResult, { type: 'committed' }>

// Rows that can be read only once are never asked for again: what a call before this one left behind goes first.
async function loadOnce(target: OpenLoadParams, params: TakeRowsParams): Promise<Committed> {
  const load = await openLoad({ ...target, isAnew: true })
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
    `job ${JSON.stringify(params.jobName)} was filled by another process at the same time.`,
    'This call accepted none of these rows; the other process may have. Run the job again, with rows from their beginning.',
  )
}

function isEmpty(error: unknown): error is InvalidInputError {
  return error instanceof InvalidInputError && error.rule === 'empty_input'
}

function noRows(cause: InvalidInputError): InvalidInputError {
  return new InvalidInputError({
    place: { file: 'rows', line: null, field: null },
    rule: cause.rule,
    problem: 'expected at least one row, got none.',
    nextStep: 'Nothing was stored. Run a job only when there is something to ask.',
    cause,
  })
}
