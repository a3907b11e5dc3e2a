import type { JobId, ProjectId, Store } from '@halfrate/core'
import {
  CacheTally,
  type JobPrimer,
  jobPrimerSetting,
  predictedReads,
} from '@halfrate/core/caching'
import { type CostRow, type PriceBook, usdText } from '@halfrate/core/money'
import { patiently } from '../jobs/patiently.js'

/** What caching came to in some costs, beside what was expected of it. */
export interface CacheReport {
  readonly readTokens: number
  /** For five minutes and for an hour together. */
  readonly writtenTokens: number
  /**
   * What the same prompts would have cost without a cache, less what they cost with it, decimal text in dollars; below zero where writing cost more
   * than reading saved. At the prices of today's book for the day of each answer.
   */
  readonly savedUsd: string
  /** Answers that read or wrote, without a known price; they are in no sum of money. */
  readonly unpriced: number
  /**
   * Tokens that the newest rows of jobs were expected to read after the one that went first; null where none went first. Of all rows of these jobs,
   * also where costs of a part of the time are asked for.
   */
  readonly predictedReadTokens: { readonly low: number; readonly high: number } | null
}

// A look at more documents than that would take longer than all costs.
const MOST_JOBS = 1_000

/** Adds up what caching came to, row by row of costs. */
export class CacheReporter {
  readonly #tally: CacheTally
  readonly #jobs = new Set<JobId>()

  constructor(book: PriceBook) {
    this.#tally = new CacheTally(book)
  }

  /** Adds a row. */
  add(row: CostRow): void {
    this.#tally.add(row)
    if (row.jobId !== null && this.#jobs.size < MOST_JOBS) this.#jobs.add(row.jobId)
  }

  /** The report; null where nothing was read, written or expected. */
  async report(store: Pick<Store, 'getSetting'>, project: ProjectId): Promise<CacheReport | null> {
    const { readTokens, writtenTokens, savedNano, unpriced } = this.#tally.sums
    let predicted: { low: number; high: number } | null = null
    for (const jobId of this.#jobs) {
      const stored = await patiently(() => store.getSetting(jobPrimerSetting(project, jobId)))
      const reads = stored === null ? null : predictedReads(stored.value as JobPrimer)
      if (reads === null) continue
      predicted ??= { low: 0, high: 0 }
      predicted.low += reads.low
      predicted.high += reads.high
    }
    if (readTokens + writtenTokens === 0 && predicted === null) return null
    const savedUsd = usdText(savedNano)
    return { readTokens, writtenTokens, savedUsd, unpriced, predictedReadTokens: predicted }
  }
}
