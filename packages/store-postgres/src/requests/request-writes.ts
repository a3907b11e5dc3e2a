import {
  type AttemptRef,
  assertRequestMove,
  type ChangedBody,
  type RequestState,
  type Verdict,
} from '@halfrate/core'
import { verdictCode } from '@halfrate/store-sql'
import type { ColumnData } from '../database/binary-format.js'
import { numbers } from '../database/binary-format.js'
import { escapedText } from '../database/escaped-text.js'
import { unnested } from '../database/row-source.js'
import type { Step } from '../session.js'
import { type AttemptFacts, isLive, isUnsent } from './attempt-facts.js'
import { addChildren, askModels, type ChildOf, type ModelOf } from './child-bodies.js'
import { enqueue, leaveQueue } from './waiting.js'

/** How a request ends. */
export interface End {
  readonly verdict: Verdict
  readonly result: AttemptRef | null
}

/** How a request goes back to the queue. A batch limit of null leaves the one that it has. */
export interface Return {
  readonly from: RequestState
  readonly notBefore: number
  readonly batchLimit: number | null
}

/**
 * What a step does to its requests, gathered while it decides and written by a few statements. All of the requests, and
 * the submissions that they are withdrawn from, are locked.
 */
export class RequestWrites {
  readonly #withdrawn: AttemptFacts[] = []
  readonly #leaving = new Set<number>()
  readonly #ended = new Map<number, ColumnData>()
  readonly #kept = new Map<number, ColumnData>()
  readonly #pointed = new Map<number, ColumnData[]>()
  readonly #returned = new Map<number, ColumnData[]>()
  readonly #counted = new Map<number, ColumnData[]>()
  readonly #children: ChildOf[] = []
  readonly #models: ModelOf[] = []
  readonly #modelIds: ReadonlyMap<string, number>
  #nextBodyId: number

  /**
   * With ids for as many bodies as the step may add, in a row from the given one on, and the numbers of the models that bodies
   * are changed to.
   */
  constructor(firstBodyId = 0, modelIds: ReadonlyMap<string, number> = new Map()) {
    this.#nextBodyId = firstBodyId
    this.#modelIds = modelIds
  }

  /** Takes an attempt out of an unsent submission, whose count, bytes and hold go down with it. */
  withdraw(attempt: AttemptFacts, now: number): void {
    attempt.released_at = now
    this.#withdrawn.push(attempt)
  }

  /** Takes a request out of the queue. */
  leaveQueue(requestId: number): void {
    this.#leaving.add(requestId)
  }

  /** Ends a request that is in no unsent submission. */
  finish(requestId: number, from: RequestState, { verdict, result }: End): void {
    assertRequestMove(from, 'done')
    if (from === 'waiting') this.#leaving.add(requestId)
    this.#kept.delete(requestId)
    this.#ended.set(requestId, verdictCode(verdict))
    this.#point(requestId, verdict, result)
  }

  /** Ends a request, and takes it out of every submission in which it has not been sent yet. */
  finishEverywhere(
    requestId: number,
    from: RequestState,
    end: End,
    { attempts, now }: { readonly attempts: readonly AttemptFacts[]; readonly now: number },
  ): void {
    this.finish(requestId, from, end)
    for (const attempt of attempts) {
      if (isLive(attempt) && isUnsent(attempt)) this.withdraw(attempt, now)
    }
  }

  /** Keeps a verdict on a request for when its last live attempt is released. */
  keepVerdict(requestId: number, { verdict, result }: End): void {
    this.#kept.set(requestId, verdictCode(verdict))
    this.#point(requestId, verdict, result)
  }

  /** Puts a request back into the queue. */
  putBack(requestId: number, { from, notBefore, batchLimit }: Return): void {
    if (from !== 'waiting') assertRequestMove(from, 'waiting')
    if (from === 'waiting') this.#leaving.add(requestId)
    this.#returned.set(requestId, [notBefore, batchLimit])
  }

  /** Gives a request another body, made of the given one. */
  changeBody(requestId: number, parentId: number, changed: ChangedBody): void {
    this.#children.push({ id: this.#nextBodyId, requestId, parentId, changed })
    this.#nextBodyId += 1
    const modelId = changed.model === undefined ? undefined : this.#modelIds.get(changed.model)
    if (modelId !== undefined) this.#models.push({ requestId, modelId })
  }

  /** Counts a failure or an expiry of a request. */
  count(requestId: number, failures: number, expiries: number): void {
    if (failures + expiries > 0) this.#counted.set(requestId, [failures, expiries])
  }

  /** Writes all of it. */
  async flush(step: Step): Promise<void> {
    step.ended.requestIds.push(...this.#ended.keys())
    await this.#flushWithdrawn(step)
    await leaveQueue(step, [...this.#leaving])
    await update(step, END, { verdict: 'int8' }, mapRows(this.#ended), step.now)
    await update(step, KEEP, { verdict: 'int8' }, mapRows(this.#kept))
    await update(step, POINT, POINT_COLUMNS, listRows(this.#pointed))
    await addChildren(step, this.#children)
    await askModels(step, this.#children, this.#models)
    await update(step, COUNT, COUNT_COLUMNS, listRows(this.#counted))
    await update(step, PUT_BACK, PUT_BACK_COLUMNS, listRows(this.#returned))
    if (this.#returned.size === 0) return
    const ids = [...this.#returned.keys()]
    await step.db.run(BACK, numbers(ids))
    await enqueue(step, ids)
  }

  #point(requestId: number, { detail }: Verdict, result: AttemptRef | null): void {
    this.#pointed.set(requestId, [
      detail === null ? null : escapedText(detail),
      result?.submissionId ?? null,
      result?.ordinal ?? null,
    ])
  }

  async #flushWithdrawn(step: Step): Promise<void> {
    if (this.#withdrawn.length === 0) return
    const places = this.#withdrawn.map((attempt) => attempt.ordinal)
    const submissions = this.#withdrawn.map((attempt) => attempt.submission_id)
    await step.db.run(WITHDRAW, step.now, numbers(submissions), numbers(places))
    const shrunk = shrinkRows(this.#withdrawn)
    const { from, values } = unnested(SHRINK_COLUMNS, shrunk, 1)
    await step.db.run(`${SHRINK} FROM ${from} WHERE s.id = v.id`, ...values)
  }
}

const WITHDRAW = `UPDATE attempts a SET withdrawn = 1, released_at = $1
  FROM unnest($2::bigint[], $3::bigint[]) v(submission_id, ordinal)
  WHERE a.submission_id = v.submission_id AND a.ordinal = v.ordinal`
const SHRINK_COLUMNS = { id: 'int8', members: 'int8', bytes: 'int8', hold: 'int8' } as const
const SHRINK = `UPDATE submissions s SET request_count = request_count - v.members,
  items_bytes = items_bytes - v.bytes, hold_nano = hold_nano - v.hold`

const END = `UPDATE progress t SET state = 2, verdict = v.verdict, done_at = $1, submission_id = NULL`
const KEEP = 'UPDATE progress t SET verdict = v.verdict, submission_id = NULL'
const POINT_COLUMNS = { detail: 'varchar', submission_id: 'int8', ordinal: 'int8' } as const
const POINT = `UPDATE requests t SET verdict_detail = v.detail, result_submission_id = v.submission_id,
  result_ordinal = v.ordinal`
const COUNT_COLUMNS = { failures: 'int8', expiries: 'int8' } as const
const COUNT = `UPDATE requests t SET failure_count = failure_count + v.failures,
  expiry_count = expiry_count + v.expiries`
const PUT_BACK_COLUMNS = { not_before: 'int8', batch_limit: 'int8' } as const
const PUT_BACK = `UPDATE requests t SET not_before = v.not_before,
  batch_limit = coalesce(v.batch_limit, t.batch_limit)`
const BACK = `UPDATE progress SET state = 0, submission_id = NULL WHERE id = ANY($1::bigint[])`

// Updates rows by id; the columns after it are the statement's own.
async function update(
  step: Step,
  sql: string,
  columns: Readonly<Record<string, 'int8' | 'varchar'>>,
  rows: readonly ColumnData[][],
  ...first: number[]
): Promise<void> {
  if (rows.length === 0) return
  const { from, values } = unnested({ id: 'int8', ...columns }, rows, first.length + 1)
  await step.db.run(`${sql} FROM ${from} WHERE t.id = v.id`, ...first, ...values)
}

function mapRows(values: ReadonlyMap<number, ColumnData>): ColumnData[][] {
  return [...values].map(([id, value]) => [id, value])
}

function listRows(values: ReadonlyMap<number, readonly ColumnData[]>): ColumnData[][] {
  return [...values].map(([id, row]) => [id, ...row])
}

function shrinkRows(withdrawn: readonly AttemptFacts[]): ColumnData[][] {
  const rows = new Map<number, [id: number, members: number, bytes: number, hold: number]>()
  for (const { submission_id: id, item_bytes, hold_nano } of withdrawn) {
    const [, members, bytes, hold] = rows.get(id) ?? [id, 0, 0, 0]
    rows.set(id, [id, members + 1, bytes + item_bytes, hold + (hold_nano ?? 0)])
  }
  return [...rows.values()]
}
