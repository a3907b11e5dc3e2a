import type { Store, Job as StoredJob } from '@halfrate/core'
import type { CachePrefix } from '@halfrate/core/caching'
import { withCachedPrefix } from '@halfrate/core/intake'
import {
  type CacheComparison,
  type CostFigure,
  CountSampler,
  type DrawnStratum,
  type Estimate,
  type EstimateBasis,
  type EstimateGrounds,
  type EstimateOptions,
  Estimator,
  promptContentOf,
  type TokenRange,
  usdText,
} from '@halfrate/core/money'
import type { CountedSample } from './count-sample.js'
import { intakeRows, type RowsToTake } from './intake-rows.js'
import { patiently } from './patiently.js'

/** What something likely costs: decimal text in dollars. */
export interface UsdRange {
  /** With sparse text, and answers of one token, or as short as few were before. */
  readonly lowUsd: string
  /** With dense text, and answers of `max_tokens`, or as long as few were before. No bound. */
  readonly highUsd: string
  /**
   * `exact`: nothing is left to pay. `estimate`: likely between the two. `floor`: it can well be more than the high one,
   * since some rows have no known price or bring in what is not in them.
   */
  readonly basis: EstimateBasis
}

/** What the rows of one model likely cost. */
export interface ModelCost {
  /** As the rows write it. */
  readonly model: string
  readonly rows: number
  readonly promptTokens: TokenRange
  /** The sum of `max_tokens`. */
  readonly mostAnswerTokens: number
  readonly batch: UsdRange
  readonly realtime: UsdRange
  /** What the figures rest on. */
  readonly grounds: EstimateGrounds
}

/** Rows that share a prefix and ask to have it cached, as their costs compare; see {@link CacheComparison}. */
export interface CacheCosts {
  /** Rows that share a cached prefix. */
  readonly rows: number
  /** All rows in batch without a cache hit: rows of one cold batch are not assumed to share a cache. */
  readonly coldBatch: UsdRange
  /** All rows in batch, if nothing of the prefix asked to be cached; what the cold batch costs more is the price of asking. */
  readonly plainBatch: UsdRange
  /** All rows in real time, one call after another: the first writes the prefix, the others read it. */
  readonly warmRealtime: UsdRange
  /** Whether batch is dearer without hits: at both ends, at one of them, at none. */
  readonly batchIsDearer: 'yes' | 'maybe' | 'no'
}

/** What rows likely cost when each is answered at the first try. */
export interface CostEstimate {
  readonly rows: number
  /** Low: what asks to be cached is read. High: it is written, and never read. */
  readonly batch: UsdRange
  /** The same rows without Halfrate, one call after another, so that a shared prefix is written once and then read. */
  readonly realtime: UsdRange
  /**
   * What one attempt of each row can cost in batch at most: a token for each byte, and the whole of `max_tokens`. Images,
   * documents and what is fetched are not bounded by it.
   */
  readonly ceilingUsd: string
  readonly models: readonly ModelCost[]
  /** Rows of models without a known price; they are in no sum of money. */
  readonly unpricedRows: number
  /** Rows that bring in what is not in them: a URL, a file of the provider, a tool of a server. */
  readonly openEndedRows: number
  /** What the figures rest on: no more than the weakest of the models. */
  readonly grounds: EstimateGrounds
  /** Null when no rows share a cached prefix. */
  readonly caching: CacheCosts | null
  /** Why the provider did not count, or not all of the sample, where it was asked to; else null. */
  readonly countProblem: string | null
}

/** Estimates rows as a run would take them; see {@link Halfrate.estimate}. */
export async function estimateRows(
  params: RowsToTake & {
    readonly options: EstimateOptions
    /** As the queue says that they would be put into. */
    readonly cachePrefix: CachePrefix
    /** Null to ask nobody. */
    readonly count: Counting | null
  },
): Promise<CostEstimate> {
  const { count, cachePrefix } = params
  const estimator = new Estimator(params.options)
  const sampler = count === null ? null : new CountSampler(count)
  for await (const given of intakeRows(params)) {
    const row = withCachedPrefix(given, cachePrefix)
    const known = { ...row, content: promptContentOf(row) }
    estimator.add(known, sampler?.offer(known))
  }
  if (count === null || sampler === null) return costEstimate(estimator.estimate(), null)
  const { counted, problem } = await count.countSample(sampler.drawn)
  return costEstimate(estimator.estimate(counted), problem)
}

/** How rows are counted. */
export interface Counting {
  readonly random: () => number
  readonly countSample: (drawn: readonly DrawnStratum[]) => Promise<CountedSample>
}

/** Estimates those rows of a job that are not done, by their sizes alone. */
export async function estimateJob(
  params: Readonly<{ store: Store; job: StoredJob; options: EstimateOptions }>,
): Promise<CostEstimate> {
  const { store, job, options } = params
  const { project, id: jobId } = job
  const limit = store.traits.pageLimit
  const estimator = new Estimator(options)
  for (let afterId = 0; ; ) {
    const from = { scope: { project, jobId }, states: OPEN, afterId, limit }
    const page = await patiently(() => store.listRequests(from))
    const last = page.at(-1)
    if (last === undefined) return costEstimate(estimator.estimate(), null)
    for (const request of page) estimator.add({ ...request, content: null })
    afterId = last.id
  }
}

const OPEN = ['waiting', 'assigned'] as const

/** An estimate as programs get it. */
export function costEstimate(estimate: Estimate, countProblem: string | null): CostEstimate {
  const { rows, batch, realtime, ceilingNano, models, caching } = estimate
  const { unpricedRows, openEndedRows, grounds } = estimate
  return {
    rows,
    batch: usdRange(batch),
    realtime: usdRange(realtime),
    ceilingUsd: usdText(ceilingNano),
    models: models.map((each) => ({
      model: each.model,
      rows: each.rows,
      promptTokens: each.promptTokens,
      mostAnswerTokens: each.mostAnswerTokens,
      batch: usdRange(each.batch),
      realtime: usdRange(each.realtime),
      grounds: each.grounds,
    })),
    ...{ unpricedRows, openEndedRows, grounds, countProblem },
    caching: caching === null ? null : cacheCosts(caching),
  }
}

function cacheCosts(caching: CacheComparison): CacheCosts {
  const { rows, batchIsDearer } = caching
  const coldBatch = usdRange(caching.coldBatch)
  const plainBatch = usdRange(caching.plainBatch)
  return {
    rows,
    coldBatch,
    plainBatch,
    warmRealtime: usdRange(caching.warmRealtime),
    batchIsDearer,
  }
}

function usdRange({ lowNano, highNano, basis }: CostFigure): UsdRange {
  return { lowUsd: usdText(lowNano), highUsd: usdText(highNano), basis }
}
