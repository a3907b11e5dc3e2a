import {
  type BlobBytes,
  type IntakeRow,
  InvariantError,
  isOpenIn,
  type PrefixBytes,
  type PutParams,
} from '@halfrate/core'
import { type JobsTable, partFactsOf } from '@halfrate/store-sql'
import { plainBytes } from '../bytes.js'
import type { Session } from '../session.js'
import { findJobRow } from './jobs.js'

/** What the rows of one page share. */
export interface PutPage {
  readonly session: Session
  readonly params: PutParams
  readonly projectId: number
  readonly accountId: number
  readonly queueId: number
  /** The job's id, or minus the queue's number: where keys are unique. */
  readonly scopeId: number
  readonly jobId: number
  readonly part: number
  readonly now: number
  /** The id of the page's first row if it is new; the others follow in the order of the rows. */
  readonly firstId: number
  readonly prefixIds: Map<PrefixBytes, number>
  readonly blobIds: Map<BlobBytes, number>
  /** The number of a lane or model. */
  readonly idOf: (name: string) => number
}

/**
 * Prepares a page.
 *
 * @throws {InvariantError} when its part is not open, or in another filling.
 */
export function beginPage(session: Session, params: PutParams, firstId: number): PutPage {
  const { names } = session
  const job = params.job === null ? null : openJobRow(session, params)
  const queueId = names.idOf(params.queue)
  return {
    session,
    params,
    projectId: names.idOf(params.project),
    accountId: names.idOf(params.account),
    queueId,
    scopeId: job?.id ?? -queueId,
    jobId: job?.id ?? 0,
    part: params.job?.part ?? 0,
    now: session.now(),
    firstId,
    prefixIds: new Map(),
    blobIds: new Map(),
    idOf: (name) => names.idOf(name),
  }
}

function openJobRow(session: Session, params: PutParams): JobsTable {
  const { id, part, fill } = params.job ?? { id: 0, part: 0, fill: 0 }
  const row = findJobRow(session, id)
  const isOpen = row !== undefined && isOpenIn(partFactsOf(row), { part, fill })
  if (!isOpen || row.project_id !== session.names.find(params.project)) {
    throw new InvariantError(`Part ${part} of job ${id} is not open in filling ${fill}.`)
  }
  return row
}

const FIND_PREFIX = 'SELECT id FROM prefixes WHERE project_id = ? AND hash = ?'
const ADD_PREFIX = `INSERT INTO prefixes (project_id, hash, bytes) VALUES (?, ?, ?)
  RETURNING id`

/** The number of a row's prefix, stored when its project has not used it before; 0 for none. */
export function prefixIdOf(page: PutPage, prefix: IntakeRow['prefix']): number {
  if (prefix === null) return 0
  // Rows of one maker share the object, and a page that does not finds the stored one.
  const known = page.prefixIds.get(prefix)
  if (known !== undefined) return known
  const { db } = page.session
  const hash = plainBytes(prefix.hash)
  const row =
    db.get<{ id: number }>(FIND_PREFIX, page.projectId, hash) ??
    db.get<{ id: number }>(ADD_PREFIX, page.projectId, hash, prefix.bytes)
  if (row === undefined) throw new InvariantError('No number came for a prefix.')
  page.prefixIds.set(prefix, row.id)
  return row.id
}
