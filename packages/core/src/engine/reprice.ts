import type { ProjectId, SubmissionId } from '../model/ids.js'
import { laneOf } from '../model/lane.js'
import type { NanoUsd } from '../model/money.js'
import type { ResultRow } from '../model/result-row.js'
import type { PriceBook } from '../policy/money/price-book.js'
import { readResultLine } from '../policy/results/result-line.js'
import type { Store } from '../ports/store.js'
import type { ResultLine } from '../ports/store-collecting.js'
import { BatchPrices } from './batch-prices.js'

// Answers may be large, and this many are in memory at once.
const MOST_ANSWERS = 100

/** What to fill in, and by which prices. */
export interface RepriceParams {
  readonly store: Pick<Store, 'getSubmission' | 'readResults' | 'settle' | 'traits'>
  readonly project: ProjectId
  readonly book: PriceBook
  /** False only tells what would be written. */
  readonly write: boolean
  /** Stops after some more answers than these, for a look at what there is. Default: all. */
  readonly most?: number | undefined
}

/** What {@link reprice} found. */
export interface Repriced {
  /** Answers that had no cost and have one now; without writing, those that would. */
  readonly priced: number
  /** What they cost together, and what they would have cost in real time. */
  readonly costNano: NanoUsd
  readonly realtimeNano: NanoUsd
  /** Answers that still have no cost. */
  readonly unpriced: number
  /**
   * The models that answered them, each once, as their lines name them; those of lines that name none are not among them, nor those
   * whose price is known and that lack but the fee of a tool.
   */
  readonly models: readonly string[]
  /** Tools of the server without a known fee that they used, each once, in the provider's words. */
  readonly tools: readonly string[]
}

/**
 * Fills in the costs of answers that had no known price when they were booked, from their stored lines, at the prices of the day
 * on which their batch was made.
 *
 * A cost that is known is never changed, so that it may be repeated, cut off, and run beside workers and beside itself.
 */
export async function reprice(params: RepriceParams): Promise<Repriced> {
  const { store, project, most = Number.POSITIVE_INFINITY } = params
  const limit = Math.min(MOST_ANSWERS, store.traits.pageLimit)
  const sums = {
    priced: 0,
    costNano: 0,
    realtimeNano: 0,
    unpriced: 0,
    models: new Set<string>(),
    tools: new Set<string>(),
  }
  for (let last = { afterId: 0, afterNumber: 0 }; ; ) {
    const page = await store.readResults({ project, unpriced: true, ...last, limit })
    for (const [submissionId, rows] of bySubmission(page)) {
      const lines = await pricedLines(params, submissionId, rows, sums)
      if (params.write && lines.length > 0) {
        await store.settle({ submissionId, addMissing: false, lines })
      }
    }
    const end = page.at(-1)
    if (end === undefined || page.length < limit) break
    if (sums.priced + sums.unpriced >= most) break
    last = { afterId: end.request.id, afterNumber: end.attempt?.number ?? 0 }
  }
  return {
    ...sums,
    costNano: sums.costNano as NanoUsd,
    realtimeNano: sums.realtimeNano as NanoUsd,
    models: [...sums.models].sort(),
    tools: [...sums.tools].sort(),
  }
}

// A batch was made on one day, and a page is of few batches.
function bySubmission(
  page: readonly ResultRow[],
): ReadonlyMap<SubmissionId, readonly UnpricedRow[]> {
  const groups = new Map<SubmissionId, UnpricedRow[]>()
  for (const { attempt, line } of page) {
    if (attempt === null || line === null) continue
    const group = groups.get(attempt.submissionId)
    if (group === undefined) groups.set(attempt.submissionId, [{ attempt, line }])
    else group.push({ attempt, line })
  }
  return groups
}

interface UnpricedRow {
  readonly attempt: NonNullable<ResultRow['attempt']>
  readonly line: Uint8Array
}

async function pricedLines(
  { store, book }: RepriceParams,
  submissionId: SubmissionId,
  rows: readonly UnpricedRow[],
  sums: {
    priced: number
    costNano: number
    realtimeNano: number
    unpriced: number
    models: Set<string>
    tools: Set<string>
  },
): Promise<readonly ResultLine[]> {
  const submission = await store.getSubmission({ submissionId })
  const madeAt = submission?.remoteCreatedAt ?? null
  const route = submission === null ? 'batch' : laneOf(submission.lane).route
  const priced: ResultLine[] = []
  for (const row of rows) {
    // A line of a batch whose day is not known was booked at the prices of the day on which it came.
    const at = madeAt ?? row.attempt.settledAt ?? 0
    const { result, lacks } = repricedLine(row, new BatchPrices(book, at, route))
    if (result.costNano === null) {
      sums.unpriced += 1
      if (lacks.model !== null) sums.models.add(lacks.model)
      for (const tool of lacks.tools) sums.tools.add(tool)
      continue
    }
    sums.priced += 1
    sums.costNano += result.costNano
    sums.realtimeNano += result.realtimeNano ?? 0
    priced.push(result)
  }
  return priced
}

// The verdict plays no part in a line that was booked before.
function repricedLine({ attempt, line }: UnpricedRow, prices: BatchPrices) {
  const read = readResultLine(line)
  const { requestId, usability, errorType } = attempt
  const outcome = 'succeeded'
  const nothing = { model: null, usage: null, otherTools: null }
  const { model, usage, otherTools } = read.type === 'line' ? read : nothing
  const billed = { outcome, model, usage, otherTools } as const
  const result: ResultLine = {
    ...{ requestId, outcome, usability, errorType, usage },
    ...prices.costsOf(billed),
    bytes: line,
    verdict: null,
  }
  return { result, lacks: prices.unpricedOf(billed) }
}
