import {
  ConfigError,
  type ImportedLine,
  type ImportParams,
  type RequestId,
  type Submission,
} from '@halfrate/core'
import type { JobsTable } from '@halfrate/store-sql'
import { arrayOf, type ColumnData, numbers } from '../database/binary-format.js'
import { escapedText } from '../database/escaped-text.js'
import { insertRows } from '../database/row-source.js'
import { hashText } from '../intake/put-page.js'
import type { Step } from '../session.js'

/** A request that the store did not have, with the line that it comes from. */
export interface AddedLine {
  readonly id: RequestId
  readonly line: ImportedLine
}

interface ImportingParams {
  readonly step: Step
  readonly submission: Submission
  readonly params: ImportParams
  /** The id of the job that may be made; those of the requests follow, in the order of the lines. */
  readonly firstId: number
}

const KNOWN = 'SELECT id FROM requests WHERE id = ANY($1::bigint[])'
// Locked first: what a job lists is put under its lock.
const JOB = 'SELECT * FROM jobs WHERE project_id = $1 AND name = $2 FOR UPDATE'
const HELD = `SELECT hash, request_id FROM keys
  WHERE project_id = $1 AND scope_id = $2 AND hash = ANY($3::bytea[])`
const ADD_JOB = `INSERT INTO jobs (id, project_id, queue_id, name, state, committed_part, open_part,
    open_part_rows, open_part_at, open_part_from_id, row_count, created_at, committed_at, last_id, done_up_to_id)
  SELECT $1, s.project_id, s.queue_id, $3, 1, 1, 1, 0, 0, 0, 0, $4, $4, 0, 0
  FROM submissions s WHERE s.id = $2 ON CONFLICT DO NOTHING`
const LIST = `UPDATE jobs SET row_count = row_count + $1, last_id = greatest(last_id, $2),
  done_up_to_id = least(done_up_to_id, $3) WHERE id = $4`

/** The requests of imported lines: those that are there, and new ones of the home's job for the others. */
export class ImportedRequests {
  readonly added: AddedLine[] = []
  readonly #importing: ImportingParams

  constructor(importing: ImportingParams) {
    this.#importing = importing
  }

  /** The request of each line: by the id that its custom id names, else by the custom id as a key of the home's job. */
  async idsOf(lines: readonly ImportedLine[]): Promise<readonly RequestId[]> {
    const { step } = this.#importing
    const named = lines.flatMap((line) => line.requestId ?? [])
    const rows = await step.db.all<{ id: number }>(KNOWN, numbers(named))
    const known = new Set(rows.map(({ id }) => id))
    const isKnown = (line: ImportedLine): boolean =>
      line.requestId !== null && known.has(line.requestId)
    const byKey = await this.#byKey(lines.filter((line) => !isKnown(line)))
    return lines.map((line) =>
      isKnown(line)
        ? (line.requestId as RequestId)
        : (byKey.get(hashText(line.keyHash)) as RequestId),
    )
  }

  async #byKey(lines: readonly ImportedLine[]): Promise<ReadonlyMap<string, RequestId>> {
    const ids = new Map<string, RequestId>()
    if (lines.length === 0) return ids
    const { step, firstId } = this.#importing
    const job = await this.#jobFor()
    const hashes = arrayOf(
      'bytea',
      lines.map((line) => line.keyHash),
    )
    const held = await step.db.all<{ hash: Uint8Array; request_id: RequestId }>(
      HELD,
      job.project_id,
      job.id,
      hashes,
    )
    for (const { hash, request_id } of held) ids.set(hashText(hash), request_id)
    for (const line of lines) {
      if (ids.has(hashText(line.keyHash))) continue
      const id = (firstId + 1 + this.added.length) as RequestId
      ids.set(hashText(line.keyHash), id)
      this.added.push({ id, line })
    }
    if (this.added.length > 0) await this.#write(job)
    return ids
  }

  async #jobFor(): Promise<JobsTable> {
    const { step, submission, params, firstId } = this.#importing
    const name = escapedText(params.home.job)
    const [projectId = 0] = await step.names.find(step.db, [submission.project])
    await step.db.run(ADD_JOB, firstId, submission.id, name, step.now)
    const job = await step.db.get<JobsTable>(JOB, projectId, name)
    if (job !== undefined && job.committed_part > 0) return job
    throw new ConfigError(
      `job "${params.home.job}" is being filled, so batches can't be taken in under it.`,
      'Go on when its rows are taken in, or name another job.',
    )
  }

  // They do not join the queue: there are no params to send.
  async #write(job: JobsTable): Promise<void> {
    const { step, submission, firstId } = this.#importing
    const { db, names, now } = step
    const texts = [submission.account, submission.queue, submission.lane]
    const models = [...new Set(this.added.map(({ line }) => line.model))]
    const found = await names.find(db, [...texts, ...models])
    const [accountId = null, queueId = null, laneId = null] = found
    const modelIds = new Map(models.map((model, at) => [model, found[texts.length + at] ?? null]))
    const owner = [job.project_id, accountId]
    const part = job.committed_part
    const rows = this.added.map(({ id, line }, index) => ({
      body: [id, ...owner, 0, line.keyHash, NO_BYTES],
      request: [
        ...[id, ...owner, queueId, laneId, job.id, part, part, job.row_count + 1 + index, 0],
        ...[escapedText(line.key), NO_HASH, id, 0, modelIds.get(line.model) ?? null],
        ...[0, 0, now, 0, 0, 0, 0],
      ] as ColumnData[],
      key: [job.project_id, job.id, line.keyHash, id],
    }))
    await insertRows(
      db,
      'bodies',
      BODY_COLUMNS,
      rows.map((row) => row.body),
    )
    await insertRows(
      db,
      'requests',
      REQUEST_COLUMNS,
      rows.map((row) => row.request),
    )
    await insertRows(
      db,
      'progress',
      PROGRESS_COLUMNS,
      this.added.map(({ id }) => [id, 0, 0]),
    )
    await insertRows(
      db,
      'keys',
      KEY_COLUMNS,
      rows.map((row) => row.key),
    )
    const lastId = firstId + rows.length
    await db.run(LIST, rows.length, lastId, firstId, job.id)
  }
}

const NO_BYTES = new Uint8Array()
const NO_HASH = new Uint8Array(16)
const PROGRESS_COLUMNS = { id: 'int8', state: 'int8', attempt_count: 'int8' } as const
const KEY_COLUMNS = {
  project_id: 'int8',
  scope_id: 'int8',
  hash: 'bytea',
  request_id: 'int8',
} as const
const BODY_COLUMNS = {
  id: 'int8',
  project_id: 'int8',
  account_id: 'int8',
  prefix_id: 'int8',
  key_hash: 'bytea',
  bytes: 'bytea',
} as const
const REQUEST_COLUMNS = {
  id: 'int8',
  project_id: 'int8',
  account_id: 'int8',
  queue_id: 'int8',
  lane_id: 'int8',
  job_id: 'int8',
  part: 'int8',
  listed_part: 'int8',
  row: 'int8',
  listed_before_part: 'int8',
  key: 'varchar',
  params_hash: 'bytea',
  body_id: 'int8',
  prefix_id: 'int8',
  model_id: 'int8',
  max_tokens: 'int8',
  item_bytes: 'int8',
  created_at: 'int8',
  not_before: 'int8',
  batch_limit: 'int8',
  failure_count: 'int8',
  expiry_count: 'int8',
} as const
