import { type IntakeRow, InvariantError, isOpenIn, type PutParams } from '@halfrate/core'
import { type JobsTable, partFactsOf } from '@halfrate/store-sql'
import { idIn } from '../database/names.js'
import { unnested } from '../database/row-source.js'
import type { Session, Step } from '../session.js'
import { lockJobRow } from './jobs.js'

/** What is known of a page before its transaction begins. */
export interface PutPlan {
  readonly params: PutParams
  readonly projectId: number
  readonly accountId: number
  readonly queueId: number
  /** The id of the page's first row if it is new; the others follow in the order of the rows. */
  readonly firstId: number
  /** The number of a lane or model. */
  readonly idOf: (name: string) => number
}

/** What the rows of one page share. */
export interface PutPage extends PutPlan {
  /** The job's id, or minus the queue's number: where keys are unique. */
  readonly scopeId: number
  readonly jobId: number
  readonly part: number
  /** The number of a row's prefix; 0 for none. */
  readonly prefixIdOf: (row: IntakeRow) => number
}

/** Gets the numbers that a page needs. */
export async function planPage(session: Session, params: PutParams): Promise<PutPlan> {
  const texts = [params.project, params.account, params.queue]
  const more = new Set(params.rows.flatMap((row) => [row.lane, row.model]))
  const ids = await session.idsOf(...texts, ...more)
  const [projectId = 0, accountId = 0, queueId = 0] = ids
  const byName = new Map([...more].map((name, index) => [name, ids[texts.length + index] ?? 0]))
  const firstId = await session.takeIds(params.rows.length)
  return { params, projectId, accountId, queueId, firstId, idOf: (name) => idIn(byName, name) }
}

/**
 * Locks what a page goes into and stores its prefixes.
 *
 * @throws {InvariantError} when its part is not open, or in another filling.
 */
export async function beginPage(step: Step, plan: PutPlan): Promise<PutPage> {
  const { params, projectId, queueId } = plan
  const job = params.job === null ? null : await openJobRow(step, plan)
  return {
    ...plan,
    scopeId: job?.id ?? -queueId,
    jobId: job?.id ?? 0,
    part: params.job?.part ?? 0,
    prefixIdOf: await prefixesOf(step, projectId, params.rows),
  }
}

async function openJobRow(step: Step, { params, projectId }: PutPlan): Promise<JobsTable> {
  const { id, part, fill } = params.job ?? { id: 0, part: 0, fill: 0 }
  const row = await lockJobRow(step, id)
  const isOpen = row !== undefined && isOpenIn(partFactsOf(row), { part, fill })
  if (!isOpen || row.project_id !== projectId) {
    throw new InvariantError(`Part ${part} of job ${id} is not open in filling ${fill}.`)
  }
  return row
}

/** A hash as a key of a map. */
export function hashText(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('latin1')
}

const PREFIX_COLUMNS = { hash: 'bytea', bytes: 'bytea' } as const
const ADD_PREFIXES = `INSERT INTO prefixes (project_id, hash, bytes) SELECT $1, v.hash, v.bytes`
const FIND_PREFIXES = `SELECT p.id, p.hash FROM prefixes p
  WHERE p.project_id = $1 AND p.hash IN (SELECT v.hash`

// Most pages bring prefixes that are there, so they are looked for first, without their bytes.
async function prefixesOf(
  step: Step,
  projectId: number,
  rows: readonly IntakeRow[],
): Promise<(row: IntakeRow) => number> {
  const prefixes = new Map(
    rows.flatMap(({ prefix }) => (prefix === null ? [] : [[hashText(prefix.hash), prefix]])),
  )
  const ids = await findPrefixes(step, projectId, [...prefixes.values()])
  const missing = [...prefixes].filter(([hash]) => !ids.has(hash)).map(([, prefix]) => prefix)
  if (missing.length > 0) {
    const { from, values } = unnested(
      PREFIX_COLUMNS,
      missing.map((prefix) => [prefix.hash, prefix.bytes]),
      2,
    )
    const sql = `${ADD_PREFIXES} FROM ${from} ORDER BY v.hash ON CONFLICT DO NOTHING`
    await step.db.run(sql, projectId, ...values)
    for (const [hash, id] of await findPrefixes(step, projectId, missing)) ids.set(hash, id)
  }
  return ({ prefix }) => (prefix === null ? 0 : (ids.get(hashText(prefix.hash)) ?? 0))
}

/** The numbers of prefixes that the store has, by hash. */
export async function findPrefixes(
  { db }: Step,
  projectId: number,
  prefixes: readonly NonNullable<IntakeRow['prefix']>[],
): Promise<Map<string, number>> {
  if (prefixes.length === 0) return new Map()
  const hashes = prefixes.map((prefix) => [prefix.hash])
  const { from, values } = unnested({ hash: 'bytea' }, hashes, 2)
  const sql = `${FIND_PREFIXES} FROM ${from})`
  const rows = await db.all<{ id: number; hash: Uint8Array }>(sql, projectId, ...values)
  return new Map(rows.map((row) => [hashText(row.hash), row.id]))
}
