import type { AttemptRef, ResultLine, SettleEffect, Submission, Usage } from '@halfrate/core'
import { outcomeTypes, usabilities } from '@halfrate/store-sql'
import { type ColumnData, numbers } from '../database/binary-format.js'
import { escapedText } from '../database/escaped-text.js'
import { insertEach, unnested } from '../database/row-source.js'
import { HAS_SUBSCRIPTIONS } from '../delivering/keep-for-delivery.js'
import type { Step } from '../session.js'
import { digestOf, type SettleRow } from './settle-facts.js'

const RESULT_COLUMNS = {
  id: 'int8',
  project_id: 'int8',
  account_id: 'int8',
  input_tokens: 'int8',
  output_tokens: 'int8',
  cache_read_tokens: 'int8',
  cache_write_5m_tokens: 'int8',
  cache_write_1h_tokens: 'int8',
  web_search_requests: 'int8',
  inference_geo: 'varchar',
  bytes: 'bytea',
} as const

const ATTEMPT_COLUMNS = {
  ordinal: 'int8',
  outcome: 'int8',
  usability: 'int8',
  error_type: 'varchar',
  cost_nano: 'int8',
  realtime_nano: 'int8',
  result_id: 'int8',
  released_at: 'int8',
  waste: 'int8',
} as const

// By primary key. What was only possibly paid is known now.
const BOOK = `UPDATE attempts a SET outcome = v.outcome, usability = v.usability, error_type = v.error_type,
    cost_nano = v.cost_nano, realtime_nano = v.realtime_nano, result_id = v.result_id, settled_at = $2,
    released_at = v.released_at, possibly_paid = 0, waste = v.waste`
const NOT_DIRECTLY = `UPDATE progress SET submission_id = NULL
  WHERE id = ANY($1::bigint[]) AND result_id IS NULL`
const PRICED_COLUMNS = {
  request_id: 'int8',
  ordinal: 'int8',
  result_id: 'int8',
  cost_nano: 'int8',
  realtime_nano: 'int8',
  input_tokens: 'int8',
  output_tokens: 'int8',
  cache_read_tokens: 'int8',
  cache_write_5m_tokens: 'int8',
  cache_write_1h_tokens: 'int8',
  web_search_requests: 'int8',
  inference_geo: 'varchar',
} as const
// Where the cost stands, one of the two; neither is changed that has one.
const PRICE_DIRECT = `UPDATE progress p SET cost_nano = v.cost_nano, realtime_nano = v.realtime_nano`
const DIRECTLY = 'WHERE p.id = v.request_id AND p.result_id = v.result_id AND p.cost_nano IS NULL'
const PRICE = 'UPDATE attempts a SET cost_nano = v.cost_nano, realtime_nano = v.realtime_nano'
const BY_PLACE = `WHERE a.submission_id = $1 AND a.ordinal = v.ordinal AND a.outcome = 0
  AND a.cost_nano IS NULL`
const ADD_USAGE = `UPDATE results x SET input_tokens = v.input_tokens, output_tokens = v.output_tokens,
    cache_read_tokens = v.cache_read_tokens, cache_write_5m_tokens = v.cache_write_5m_tokens,
    cache_write_1h_tokens = v.cache_write_1h_tokens, web_search_requests = v.web_search_requests,
    inference_geo = v.inference_geo`
const WITHOUT_USAGE = 'WHERE x.id = v.result_id AND x.input_tokens IS NULL'
const MARK_WASTE = `UPDATE attempts a SET waste = 1
  FROM unnest($1::bigint[], $2::bigint[]) v(submission_id, ordinal)
  WHERE a.submission_id = v.submission_id AND a.ordinal = v.ordinal`
const OWNERS = `SELECT project_id, account_id, ${HAS_SUBSCRIPTIONS} AS has_subscriptions
  FROM submissions WHERE id = $1`

/** What is booked of one page of lines, gathered until it is written. */
export class Booking {
  readonly submission: Submission
  readonly #firstResultId: number
  readonly #now: number
  readonly #owners: readonly [projectId: number, accountId: number]
  #results: { readonly id: number; readonly line: ResultLine }[] = []
  readonly #attempts = new Map<number, ColumnData[]>()
  readonly #requestIds = new Set<number>()
  readonly #priced: ColumnData[][] = []
  readonly #waste: AttemptRef[] = []

  constructor(params: {
    readonly submission: Submission
    readonly firstResultId: number
    readonly now: number
    readonly owners: readonly [projectId: number, accountId: number]
  }) {
    this.submission = params.submission
    this.#firstResultId = params.firstResultId
    this.#now = params.now
    this.#owners = params.owners
  }

  /** The number under which the line at an index of the page is stored. */
  resultIdAt(index: number): number {
    return this.#firstResultId + index
  }

  /** Stores a line. */
  addResult(line: ResultLine, index: number): void {
    this.#results.push({ id: this.resultIdAt(index), line })
  }

  /** Books a line under its attempt, and says so in the attempt's row. */
  book({
    row,
    line,
    index,
    effect,
  }: {
    readonly row: SettleRow
    readonly line: ResultLine
    readonly index: number
    readonly effect: Extract<SettleEffect, { type: 'fresh' }>
  }): void {
    this.addResult(line, index)
    row.outcome = outcomeTypes.code(line.outcome)
    row.digest = digestOf(line.bytes)
    row.cost_nano = line.costNano
    row.result_id = this.resultIdAt(index)
    if (effect.releases) row.released_at ??= this.#now
    this.#requestIds.add(row.request_id)
    this.#attempts.set(row.ordinal, [
      row.ordinal,
      row.outcome,
      usabilities.codeOrNull(line.usability),
      line.errorType === null ? null : escapedText(line.errorType),
      line.costNano,
      line.realtimeNano,
      this.resultIdAt(index),
      row.released_at,
      effect.waste ? 1 : 0,
    ])
  }

  /**
   * Fills in what a success cost, and says so in the attempt's row. Whoever keeps a sum of what a submission paid adds this
   * cost to it: it is in none yet.
   */
  price(row: SettleRow, { costNano, realtimeNano, usage }: ResultLine): void {
    row.cost_nano = costNano
    const { request_id: requestId, ordinal, result_id: resultId } = row
    const costs = [costNano, realtimeNano]
    this.#priced.push([requestId, ordinal, resultId, ...costs, ...usageValues(usage)])
  }

  /** Turns a success into waste: another one of the same body is what its request ended with. */
  markWaste(ref: AttemptRef): void {
    this.#waste.push(ref)
  }

  /** Writes the lines that are stored so far. */
  async flushResults({ db }: Step): Promise<void> {
    const results = this.#results
    this.#results = []
    const [projectId, accountId] = this.#owners
    await insertEach(db, 'results', RESULT_COLUMNS, {
      items: results,
      rowOf: ({ id, line }) => [id, projectId, accountId, ...usageValues(line.usage), line.bytes],
    })
  }

  /** Writes all of it. */
  async flush(step: Step): Promise<void> {
    const { db, now } = step
    await this.flushResults(step)
    if (this.#attempts.size > 0) {
      const { from, values } = unnested(ATTEMPT_COLUMNS, [...this.#attempts.values()], 3)
      const where = 'a.submission_id = $1 AND a.ordinal = v.ordinal'
      await db.run(`${BOOK} FROM ${from} WHERE ${where}`, this.submission.id, now, ...values)
      await db.run(NOT_DIRECTLY, numbers([...this.#requestIds]))
    }
    await this.#flushPriced(step)
    if (this.#waste.length === 0) return
    const submissions = this.#waste.map((ref) => ref.submissionId)
    const ordinals = this.#waste.map((ref) => ref.ordinal)
    await db.run(MARK_WASTE, numbers(submissions), numbers(ordinals))
  }

  async #flushPriced({ db }: Step): Promise<void> {
    if (this.#priced.length === 0) return
    const { from, values } = unnested(PRICED_COLUMNS, this.#priced, 1)
    await db.run(`${PRICE_DIRECT} FROM ${from} ${DIRECTLY}`, ...values)
    const placed = unnested(PRICED_COLUMNS, this.#priced, 2)
    const { id } = this.submission
    await db.run(`${PRICE} FROM ${placed.from} ${BY_PLACE}`, id, ...placed.values)
    await db.run(`${ADD_USAGE} FROM ${from} ${WITHOUT_USAGE}`, ...values)
  }
}

interface OwnersRow {
  readonly project_id: number
  readonly account_id: number
  readonly has_subscriptions: 0 | 1
}

/** Prepares for the lines of one page. The first of them is stored under the given number. */
export async function beginBooking(
  { db, now, ended }: Step,
  submission: Submission,
  firstResultId: number,
): Promise<Booking> {
  const owners = await db.get<OwnersRow>(OWNERS, submission.id)
  ended.hasSubscriptions = owners?.has_subscriptions === 1
  const { project_id: projectId, account_id: accountId } = owners ?? {
    project_id: 0,
    account_id: 0,
  }
  return new Booking({ submission, firstResultId, now, owners: [projectId, accountId] })
}

const NO_USAGE: readonly null[] = [null, null, null, null, null, null, null]

function usageValues(usage: Usage | null): readonly ColumnData[] {
  if (usage === null) return NO_USAGE
  return [
    usage.inputTokens,
    usage.outputTokens,
    usage.cacheReadTokens,
    usage.cacheWrite5mTokens,
    usage.cacheWrite1hTokens,
    usage.webSearchRequests,
    usage.inferenceGeo === null ? null : escapedText(usage.inferenceGeo),
  ]
}
