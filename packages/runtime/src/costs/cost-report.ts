import { ConfigError, type EpochMs, type ProjectId, type Store } from '@halfrate/core'
import {
  type CostDimension,
  type CostSums,
  CostTally,
  isCostDimension,
  type PriceBook,
  usdText,
} from '@halfrate/core/money'
import { checkMs, checkOptions, checkText, type Members } from '../check-arguments.js'
import { type CacheReport, CacheReporter } from './cache-report.js'
import { dayOf } from './day-of.js'
import { readAllCosts } from './read-all-costs.js'

/** Which costs are reported, and how they are told apart. */
export interface CostsOptions {
  /**
   * What costs are told apart by, one or more of `project`, `queue`, `model`, `day`, `month`, `job`, `batch`, `account`,
   * `workspace` and `label:NAME`. Default `['model']`.
   */
  readonly by?: readonly string[] | undefined
  /** Of batches that ended at this instant or later. Epoch milliseconds. Default: of all. */
  readonly since?: EpochMs | undefined
  /** Of batches that ended before this instant. Epoch milliseconds. Default: of all. */
  readonly until?: EpochMs | undefined
  /** Only those of this queue. */
  readonly queue?: string | undefined
  /** Only those of the job of this name. */
  readonly job?: string | undefined
  /** Whose days and months they are, as `Europe/Berlin`. Default `UTC`, as those of the provider's reports. */
  readonly timeZone?: string | undefined
}

/** What some attempts cost; amounts as decimal text in dollars. */
export interface CostFigures {
  /** Each request once, at its newest attempt; one that is under way again is counted when that is back. */
  readonly requests: number
  /** Attempts that came to an end, or may have been paid. */
  readonly attempts: number
  readonly succeeded: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWrite5mTokens: number
  readonly cacheWrite1hTokens: number
  readonly webSearchRequests: number
  readonly paidUsd: string
  /** What the same answers cost in real time, in which a usable one is paid once. */
  readonly realtimeUsd: string
  /** Below zero when batch was dearer. */
  readonly savedUsd: string
  /** Of real time, in per cent with at most one decimal; null of nothing. */
  readonly savedPercent: number | null
  /** Answers beyond the first to the same request and body; part of what was paid. */
  readonly paidTwice: number
  readonly paidTwiceUsd: string
  /** Answers whose request was canceled, replaced, failed, or ended with another one; part of what was paid. */
  readonly notUsed: number
  readonly notUsedUsd: string
  /** Attempts that may have been paid without an answer, and what they can have cost at most; in no other sum. */
  readonly possiblyPaid: number
  readonly possiblyPaidUsd: string
  /** Those of them of which nobody knows what they can have cost. */
  readonly possiblyPaidUnknown: number
  /** Answers without a known price, in no sum, and the same by model. */
  readonly unpriced: number
  readonly unpricedByModel: Readonly<Record<string, number>>
}

/** Costs with the same value in every dimension. */
export interface CostLine extends CostFigures {
  /** A value for each dimension, in the order of `by`; null for none. */
  readonly group: readonly (string | null)[]
}

/** What was paid in a time, told apart as it was asked. Sums of lines are the total, whatever they are told apart by. */
export interface CostsReport {
  readonly by: readonly CostDimension[]
  readonly timeZone: string
  /** By time where they are told apart by it, else the dearest first. */
  readonly lines: readonly CostLine[]
  /** What is beyond the 10,000 lines that are kept apart; null when none is. */
  readonly other: CostFigures | null
  readonly total: CostFigures
  /** What caching came to in all of them; null where nothing of them was read from a cache, written to it, or expected to be. */
  readonly caches: CacheReport | null
}

const OPTIONS: Members<CostsOptions> = {
  by: true,
  since: true,
  until: true,
  queue: true,
  job: true,
  timeZone: true,
}

/**
 * Adds up what was paid. Memory grows with the lines and not with what they are sums of.
 *
 * @throws {ConfigError} when an option can't be used.
 */
export async function costsReport(
  {
    store,
    project,
    book,
  }: { readonly store: Store; readonly project: ProjectId; readonly book: PriceBook },
  options: CostsOptions = {},
): Promise<CostsReport> {
  checkCostsOptions(options)
  const { timeZone = 'UTC', since = null, until = null, queue = null, job = null } = options
  const by = dimensionsOf(options.by ?? ['model'])
  const tally = new CostTally({ by, project, dayOf: dayOf(timeZone) })
  const reading = { store, project, from: since, to: until, queue, job }
  const caches = new CacheReporter(book)
  await readAllCosts(reading, (row) => {
    tally.add(row)
    caches.add(row)
  })
  return {
    by,
    timeZone,
    lines: tally.groups().map(({ key, sums }) => ({ group: key, ...figuresOf(sums) })),
    other: tally.other === null ? null : figuresOf(tally.other),
    total: figuresOf(tally.total),
    caches: await caches.report(store, project),
  }
}

function checkCostsOptions(options: CostsOptions): void {
  checkOptions('costs', options, OPTIONS)
  const { since, until } = options
  if (since !== undefined) checkMs('costs', 'since', since)
  if (until !== undefined) checkMs('costs', 'until', until)
  for (const name of ['queue', 'job', 'timeZone'] as const) {
    if (options[name] !== undefined) checkText('costs', name, options[name])
  }
}

function dimensionsOf(words: readonly string[]): readonly CostDimension[] {
  const list: unknown = words
  const isList = Array.isArray(list) && list.length > 0
  const wrong = isList
    ? words.find((word) => typeof word !== 'string' || !isCostDimension(word))
    : null
  if (wrong === undefined) return words.filter(isCostDimension)
  throw new ConfigError(
    `costs: by: expected some of project, queue, route, model, day, month, job, batch, account, workspace and label:NAME, got ${JSON.stringify(wrong ?? words)}.`,
    'Correct the call.',
  )
}

function figuresOf(sums: CostSums): CostFigures {
  const { paidNano, realtimeNano, paidTwiceNano, notUsedNano, possiblyPaidNano, ...counts } = sums
  const savedNano = realtimeNano - paidNano
  return {
    ...counts,
    paidUsd: usdText(paidNano),
    realtimeUsd: usdText(realtimeNano),
    savedUsd: usdText(savedNano),
    // Rounded towards less, so that nothing is 100 % which is not.
    savedPercent: realtimeNano === 0n ? null : Number((savedNano * 1_000n) / realtimeNano) / 10,
    paidTwiceUsd: usdText(paidTwiceNano),
    notUsedUsd: usdText(notUsedNano),
    possiblyPaidUsd: usdText(possiblyPaidNano),
    unpricedByModel: { ...counts.unpricedByModel },
  }
}
