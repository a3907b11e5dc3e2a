import {
  type AccountId,
  type IntakeRow,
  InvalidInputError,
  InvariantError,
  type ProjectId,
  type PutAnswer,
  type QueueName,
  type RequestId,
} from '@halfrate/core'
import pg from 'pg'
import { findPrefixes, hashText, type PutPlan, planPage } from '../intake/put-page.js'
import type { Session } from '../session.js'
import { callError } from './call-error.js'
import { PUT_FUNCTION, type PutFunctionAnswer, STORE_TAG } from './put-function.js'
import { type PageFacts, putPageText } from './put-page-text.js'
import type { TransactionClient } from './transaction-client.js'

/** What to enqueue in somebody's transaction. */
export interface EnqueueInTransactionParams {
  /** Sends statements inside the transaction, and nowhere else. */
  readonly tx: TransactionClient
  readonly project: ProjectId
  readonly account: AccountId
  readonly queue: QueueName
  /** Rows without a row number, at most 5,000 with 100,000,000 bytes in all. */
  readonly rows: readonly IntakeRow[]
}

/**
 * How it went. `refused`: keys are there with other params; nothing of the call was written, and the transaction is as
 * good as before. `answers` are in the order of the rows.
 */
export type EnqueueInTransactionResult =
  | { readonly type: 'enqueued'; readonly answers: readonly PutAnswer[] }
  | {
      readonly type: 'refused'
      /** Indexes of rows, each with the request that has its key. */
      readonly conflicts: readonly { readonly index: number; readonly id: RequestId }[]
    }

const MOST_ROWS = 5_000
// As text it is a third more, and a text has a gigabyte at most.
const MOST_BYTES = 100_000_000

/**
 * Enqueues requests as part of a transaction that its owner commits or rolls back.
 *
 * Numbers are taken on connections of the store's own, since in the transaction everybody else would have to wait for
 * its end; all the rest is one statement.
 *
 * @throws {InvalidInputError} when that is too much for one call; nothing was written.
 * @throws {StoreForeignError} when the transaction is on another store.
 * @throws {StoreAccessError} when its role may not enqueue there.
 * @throws {StoreNewerError} when a newer version has changed the store in a way that this one can't work with.
 * @throws whatever the client says about a statement that failed, unchanged.
 */
export async function enqueueInTransaction(
  session: Session,
  params: EnqueueInTransactionParams,
): Promise<EnqueueInTransactionResult> {
  checkSize(params.rows)
  if (params.rows.some(({ blobs }) => blobs !== undefined)) {
    throw new InvariantError(
      'A row with files apart came into a transaction; its base64 belongs into its body.',
    )
  }
  const { rows, placeOf, conflicts } = differentKeys(params.rows)
  if (conflicts.length > 0) throw repeatedKey(params.rows, conflicts)
  if (rows.length === 0) return { type: 'enqueued', answers: [] }
  const { tx, project, account, queue } = params
  const plan = await planPage(session, {
    ...{ project, account, queue, rows, job: null, onConflict: 'report' },
  })
  const text = putPageText(await pageFacts(session, plan))
  const { held } = await call(session, tx, text)
  const holders = new Map(held.map((each) => [each.own - plan.firstId, each]))
  const taken = params.rows.flatMap((_, index) => {
    const holder = holders.get(placeOf[index] ?? 0)
    return holder === undefined || holder.is_same ? [] : [{ index, id: holder.id as RequestId }]
  })
  if (taken.length > 0) return { type: 'refused', conflicts: taken }
  const told = new Set(holders.keys())
  const answers = placeOf.map((place) => {
    const type = told.has(place) ? 'same' : 'new'
    told.add(place)
    const id = (holders.get(place)?.id ?? plan.firstId + place) as RequestId
    return { type, id, part: 0, repeatsRow: null } as const
  })
  return { type: 'enqueued', answers }
}

// A key that a call brings twice is one request, if its params are.
function differentKeys(all: readonly IntakeRow[]): {
  readonly rows: readonly IntakeRow[]
  /** For each row the place in `rows` of the one with its key. */
  readonly placeOf: readonly number[]
  /** Indexes of rows whose key came before with other params. */
  readonly conflicts: readonly number[]
} {
  const places = new Map<string, number>()
  const rows: IntakeRow[] = []
  const conflicts: number[] = []
  const placeOf = all.map((row, index) => {
    const hash = hashText(row.keyHash)
    const place = places.get(hash) ?? rows.length
    if (place === rows.length) {
      places.set(hash, place)
      rows.push(row)
    } else if (!isSame(row, rows[place])) conflicts.push(index)
    return place
  })
  return { rows, placeOf, conflicts }
}

function isSame(row: IntakeRow, other: IntakeRow | undefined): boolean {
  return other?.key === row.key && Buffer.compare(other.paramsHash, row.paramsHash) === 0
}

async function pageFacts(session: Session, plan: PutPlan): Promise<PageFacts> {
  const { params, projectId, accountId, queueId } = plan
  const more = new Set(params.rows.flatMap((row) => [row.lane, row.model]))
  const names = [
    { id: projectId, text: params.project },
    { id: accountId, text: params.account },
    { id: queueId, text: params.queue },
    ...[...more].map((text) => ({ id: plan.idOf(text), text })),
  ]
  const prefixes = params.rows.flatMap(({ prefix }) => (prefix === null ? [] : [prefix]))
  const prefixIds = await session.read((step) =>
    findPrefixes(step, projectId, [...new Set(prefixes)]),
  )
  const tag = await storeTag(session)
  return { plan, tag, now: session.database.testClock, names, prefixIds }
}

const READ_TAG = 'SELECT value FROM counters WHERE name = $1'

// Writes nothing, but begins as what writes does, so that a store which a newer version has changed refuses here.
async function storeTag(session: Session): Promise<number> {
  const row = await session.write(({ db }) => db.get<{ value: number }>(READ_TAG, STORE_TAG))
  if (row === undefined) throw new InvariantError('The store has no tag.')
  return row.value
}

async function call(
  session: Session,
  tx: TransactionClient,
  { page, bodies }: ReturnType<typeof putPageText>,
): Promise<PutFunctionAnswer> {
  const name = `${pg.escapeIdentifier(session.schema)}.${PUT_FUNCTION}`
  let rows: readonly unknown[]
  try {
    rows = (await tx.query(`SELECT ${name}($1::text, $2::text) AS answer`, [page, bodies])).rows
  } catch (error) {
    throw callError(error, session.database.place)
  }
  const [row] = rows as readonly { readonly answer?: unknown }[]
  if (typeof row?.answer !== 'string') {
    throw new InvalidInputError({
      place: { file: null, line: null, field: 'tx' },
      rule: 'not_a_client',
      problem: 'expected rows with the columns of the statement, got something else.',
      nextStep: 'Let query() answer { rows: [{ column: value }] }; roll the transaction back.',
    })
  }
  return JSON.parse(row.answer) as PutFunctionAnswer
}

function checkSize(rows: readonly IntakeRow[]): void {
  const bytes = rows.reduce((sum, row) => sum + row.itemBytes, 0)
  if (rows.length <= MOST_ROWS && bytes <= MOST_BYTES) return
  throw new InvalidInputError({
    place: { file: null, line: null, field: null },
    rule: 'too_much_at_once',
    problem: `expected at most 5,000 requests with 100,000,000 bytes in all, got ${rows.length} with ${bytes}.`,
    nextStep:
      'Nothing was enqueued. Enqueue them in several calls; they can share the transaction.',
  })
}

function repeatedKey(rows: readonly IntakeRow[], conflicts: readonly number[]): InvalidInputError {
  const key = rows[conflicts[0] ?? 0]?.key ?? ''
  return new InvalidInputError({
    place: { file: null, line: null, field: 'key' },
    rule: 'repeated_key',
    problem: `expected every key once or with the same params, got ${JSON.stringify(key)} with different ones.`,
    nextStep: 'Nothing was enqueued. A key names one request: give the others keys of their own.',
  })
}
