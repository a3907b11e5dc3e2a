import {
  type AccountId,
  type Door,
  type DoorStore,
  doorOfQueue,
  type IntakeRow,
  type ProjectId,
  type QueueName,
  StoreClosedError,
  StoreUnavailableError,
} from '@halfrate/core'
import { type Hash128, IntakeRowMaker } from '@halfrate/core/intake'
import { arrayOf, numbers } from '../database/binary-format.js'
import { idIn } from '../database/names.js'
import { grouped } from '../grouped.js'
import { putIn } from '../intake/put-requests.js'
import { queueFactsIn } from '../planning/queue-facts.js'
import { readResultsIn } from '../reading/read-results.js'
import type { Session, Step } from '../session.js'
import { readSetting } from '../upkeep/settings.js'
import { INBOX_TABLE } from './inbox-table.js'
import { errorText, type InboxRow, readInboxRow, refusal, shown } from './read-inbox-row.js'
import { takeRows } from './take-rows.js'
import { unpricedRows } from './unpriced-rows.js'

/** By what rows of the inbox are judged. */
export interface MoveInboxParams {
  /** Of the digest that the store's other intake uses. */
  readonly hash128: Hash128
  /** Whether it is known what a model costs. One that has no price gets no request in while a budget is in force. Default: yes. */
  readonly isPriced?: (model: string) => boolean
}

/** What became of a page of the inbox. */
export interface MovedInbox {
  /** Rows that are requests now; those that were there before count too. */
  readonly moved: number
  /** Rows that have got an error. */
  readonly refused: number
  /** Whether more rows may wait. */
  readonly isMore: boolean
}

const MOST_ROWS = 500
const COUNT = `SELECT count(*) AS count FROM (
  SELECT 1 FROM ${INBOX_TABLE} WHERE error IS NULL ORDER BY id LIMIT $1) waiting`

/**
 * Makes requests of the inbox's oldest rows, in one transaction: a row is there or its request is, never both, and what
 * can't be taken gets an error text instead. Any number of workers may do it at once.
 */
export async function moveInbox(
  session: Session,
  { hash128, isPriced = () => true }: MoveInboxParams,
): Promise<MovedInbox> {
  const most = Math.min(MOST_ROWS, session.pageLimit)
  const waiting = await session.read(({ db }) => db.get<{ count: number }>(COUNT, most))
  const count = waiting?.count ?? 0
  if (count === 0) return { moved: 0, refused: 0, isMore: false }
  const tried: number[] = []
  try {
    return await movePage({ session, hash128, isPriced, tried }, count)
  } catch (error) {
    if (isAboutTheStore(error)) throw error
    return await moveOne({ session, hash128, isPriced, tried })
  }
}

interface Moving extends Required<MoveInboxParams> {
  readonly session: Session
  /** Ids of the rows that the last try had. */
  readonly tried: number[]
}

// What no check foresaw must not stop the others: then rows go one by one, and the one that fails gets the error.
async function moveOne(moving: Moving): Promise<MovedInbox> {
  try {
    return { ...(await movePage(moving, 1)), isMore: true }
  } catch (error) {
    if (isAboutTheStore(error)) throw error
    const [id] = moving.tried
    if (id === undefined) throw error
    await moving.session.write((step) => writeErrors(step, [{ id, error }]))
    return { moved: 0, refused: 1, isMore: true }
  }
}

function isAboutTheStore(error: unknown): boolean {
  return error instanceof StoreUnavailableError || error instanceof StoreClosedError
}

async function movePage(moving: Moving, limit: number): Promise<MovedInbox> {
  const { session } = moving
  const firstId = await session.takeIds(limit)
  for (;;) {
    const result = await session.write((step) => moveIn(step, { ...moving, limit, firstId }))
    if (result.type === 'moved') return result
    // Names are kept even when a step is not, so they are added by themselves.
    await session.idsOf(...result.names)
  }
}

type MoveStep =
  | ({ readonly type: 'moved' } & MovedInbox)
  | { readonly type: 'unknown_names'; readonly names: readonly string[] }

interface ReadRow {
  readonly from: InboxRow
  readonly row: IntakeRow
}

interface BadRow {
  readonly id: number
  readonly error: unknown
}

async function moveIn(
  step: Step,
  params: Moving & Readonly<{ limit: number; firstId: number }>,
): Promise<MoveStep> {
  const { rows, tooLong } = await takeRows(step, params.limit)
  params.tried.splice(0, Infinity, ...rows.map((row) => row.id))
  const { good: read, bad } = readRows(rows, params.hash128)
  const unpriced = await unpricedRows(step, read, params.isPriced)
  const kept = new Set(unpriced.map(({ id }) => id))
  const priced = read.filter(({ from }) => !kept.has(from.id))
  const good = await throughDoors(step, priced)
  const names = namesOf(good)
  const ids = await step.names.find(step.db, names)
  if (ids.includes(null)) return { type: 'unknown_names', names }
  const idOf = new Map(names.map((name, index) => [name, ids[index] ?? 0]))
  const conflicts = await putGroups(step, { good, idOf, firstId: params.firstId })
  const errors = [...tooLong, ...bad, ...unpriced, ...conflicts]
  const failed = new Set(errors.map(({ id }) => id))
  const moved = good.filter(({ from }) => !failed.has(from.id)).map(({ from }) => from.id)
  await writeErrors(step, errors)
  if (moved.length > 0) await step.db.run(REMOVE, numbers(moved))
  const isMore = rows.length + tooLong.length > 0
  return { type: 'moved', moved: moved.length, refused: errors.length, isMore }
}

function readRows(
  rows: readonly InboxRow[],
  hash128: Hash128,
): { readonly good: readonly ReadRow[]; readonly bad: readonly BadRow[] } {
  const maker = new IntakeRowMaker({ hash128 })
  const good: ReadRow[] = []
  const bad: BadRow[] = []
  for (const from of rows) {
    try {
      good.push({ from, row: readInboxRow(from, maker) })
    } catch (error) {
      bad.push({ id: from.id, error })
    }
  }
  return { good, bad }
}

function namesOf(good: readonly ReadRow[]): readonly string[] {
  return [
    ...new Set(
      good.flatMap(({ from, row }) => [
        ...[from.project, from.account, from.queue],
        ...[row.lane, row.model],
      ]),
    ),
  ]
}

// In the order of their names, so that two workers with the same groups wait for each other and not in a ring.
async function putGroups(
  step: Step,
  params: Readonly<{
    good: readonly ReadRow[]
    idOf: ReadonlyMap<string, number>
    firstId: number
  }>,
): Promise<readonly BadRow[]> {
  const { good, idOf } = params
  const groups = grouped(good, placeOf)
  const conflicts: BadRow[] = []
  let { firstId } = params
  for (const [, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { project, account, queue } = (group[0] as ReadRow).from
    const place = { project: project as ProjectId, queue: queue as QueueName }
    const rows = group.map(({ row }) => row)
    const answers = await putIn(step, {
      params: {
        ...{ ...place, account: account as AccountId },
        ...{ job: null, onConflict: 'report', rows },
      },
      ...{ projectId: idIn(idOf, project), accountId: idIn(idOf, account) },
      ...{ queueId: idIn(idOf, queue), firstId, idOf: (name) => idIn(idOf, name) },
    })
    firstId += group.length
    for (const [index, { from }] of group.entries()) {
      if (answers[index]?.type === 'conflict') conflicts.push(conflictOf(from))
    }
  }
  return conflicts
}

// As the policy of each row's queue says at this moment, before the names of its lane are asked for. Rows of a queue come together.
async function throughDoors(step: Step, read: readonly ReadRow[]): Promise<readonly ReadRow[]> {
  const good: ReadRow[] = []
  for (const group of grouped(read, placeOf).values()) {
    const door = await doorOf(step, (group[0] as ReadRow).from)
    const rows = await door(group.map(({ row }) => row))
    for (const [index, { from }] of group.entries()) {
      good.push({ from, row: rows[index] as IntakeRow })
    }
  }
  return good
}

function placeOf({ from: { project, queue, account } }: ReadRow): string {
  return `${project}/${queue}/${account}`
}

async function doorOf(step: Step, { project, queue, account }: InboxRow): Promise<Door> {
  // It looks in the same transaction, whose locks are on rows of the inbox alone by then.
  const store: DoorStore = {
    traits: { pageLimit: step.pageLimit, workers: 'many' },
    getSetting: (name) => readSetting(step, name),
    now: () => Promise.resolve(step.now),
    queueFacts: (params) => queueFactsIn(step, params),
    readResults: (params) => readResultsIn(step, params),
  }
  return await doorOfQueue(store, {
    project: project as ProjectId,
    queue: queue as QueueName,
    account: account as AccountId,
  })
}

function conflictOf({ id, key, queue }: InboxRow): BadRow {
  const problem = `expected a key for these params alone, got ${shown(key)}, which queue ${queue} has with others`
  return { id, error: refusal('key', problem) }
}

const REMOVE = `DELETE FROM ${INBOX_TABLE} WHERE id = ANY($1::bigint[])`
const MARK = `UPDATE ${INBOX_TABLE} i SET error = v.error, error_at = clock_timestamp()
  FROM unnest($1::bigint[], $2::text[]) v(id, error) WHERE i.id = v.id AND i.error IS NULL`

async function writeErrors({ db }: Step, errors: readonly BadRow[]): Promise<void> {
  if (errors.length === 0) return
  const texts = errors.map(({ error }) => errorText(error))
  await db.run(MARK, numbers(errors.map(({ id }) => id)), arrayOf('text', texts))
}
