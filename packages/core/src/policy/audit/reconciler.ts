import type { CostRow } from '../../model/cost-row.js'
import type { EpochMs } from '../../model/time.js'
import type { Usage } from '../../model/usage.js'
import { costOf } from '../money/cost.js'
import { type PriceBook, priceOf } from '../money/price-book.js'
import { toolFeesAt, WEB_SEARCH } from '../money/tool-price.js'
import { explainedLines, type ReconciledLine, type ReconcileFacts } from './explained-lines.js'
import { isNoCount, NO_COUNTS, plusCounts } from './reconciled-sums.js'
import type { UsageRecord } from './usage-record.js'

/** Money of real-time calls, which are none of ours, by model. */
export interface RealtimeSpend {
  readonly model: string | null
  readonly costNano: bigint
}

/** Ours beside theirs, day by day and model by model. */
export interface ReconcileReport {
  /** In the order of days, then models, then workspaces. */
  readonly lines: readonly ReconciledLine[]
  /** What the provider billed outside of batches. */
  readonly realtime: readonly RealtimeSpend[]
  /** Lines with a difference that nothing explains. */
  readonly unexplained: number
}

/** An answer of a batch that the store knows nothing of. */
export interface ElsewhereAnswer {
  readonly createdAt: EpochMs
  readonly endedAt: EpochMs
  /** Of the key that lists the batch; null when it is not told. */
  readonly workspaceId: string | null
  readonly model: string
  readonly usage: Usage
}

// What a report of batches has no model for is shown, and not passed over.
const NO_MODEL = '(none)'

/** What ours and theirs are judged by. */
export interface ReconcilerOptions {
  readonly book: PriceBook
  readonly now: EpochMs
  /** Workspaces that are ours beside those of the costs, as the list of batches names its own; null for none known. */
  readonly workspaceId: string | null
}

/** Puts our costs beside the provider's reports, in memory that grows with days, models and workspaces. */
export class Reconciler {
  readonly #options: ReconcilerOptions
  readonly #facts = new Map<string, ReconcileFacts>()
  readonly #ourWorkspaces = new Set<string | null>()
  readonly #theirWorkspaces = new Set<string | null>()
  readonly #realtime = new Map<string | null, bigint>()

  constructor(options: ReconcilerOptions) {
    this.#options = options
    if (options.workspaceId !== null) this.#ourWorkspaces.add(options.workspaceId)
  }

  /** Adds a cost of ours. */
  addOurs(row: CostRow): void {
    this.#ourWorkspaces.add(row.workspaceId)
    const facts = this.#factsOf(row.billedAt, row.workspaceId, row.model)
    if (row.possiblyPaid) {
      facts.possiblyPaid += 1
      if (row.holdNano === null) facts.possiblyPaidUnknown += 1
      else facts.possiblyPaidNano += BigInt(row.holdNano)
    }
    if (row.outcome !== 'succeeded') return
    facts.attempts += 1
    if (row.usage !== null) facts.ours = plusCounts(facts.ours, row.usage)
    if (row.costNano === null) facts.unpriced += 1
    facts.oursNano += BigInt(row.costNano ?? 0)
    facts.searchesNano = sumOf(facts.searchesNano, this.#searchesOf(row))
  }

  // Without a cost nothing of it is in the sum that they are taken out of.
  #searchesOf({ usage, costNano, billedAt }: CostRow): bigint | null {
    const searches = usage?.webSearchRequests ?? 0
    if (searches === 0 || costNano === null) return 0n
    const fee = toolFeesAt(this.#options.book, billedAt).get(WEB_SEARCH)?.batch ?? null
    return fee === null ? null : (BigInt(searches) * BigInt(fee) + 500n) / 1_000n
  }

  /** Adds a line of their reports, whichever of the two; of a bucket of one day. */
  addTheirs(record: UsageRecord, workspaceId: string | null): void {
    const { at, model, usage, costNano, serviceTier } = record
    if (serviceTier !== 'batch') {
      if (costNano === null) return
      this.#realtime.set(model, (this.#realtime.get(model) ?? 0n) + BigInt(costNano))
      return
    }
    if (at === null) return
    this.#theirWorkspaces.add(workspaceId)
    const facts = this.#factsOf(at, workspaceId, model ?? NO_MODEL)
    if (usage !== null) facts.theirs = plusCounts(facts.theirs, usage)
    if (costNano === null) return
    facts.costLines += 1
    facts.theirsNano = (facts.theirsNano ?? 0n) + BigInt(costNano)
  }

  /** Adds an answer of a batch that the store knows nothing of. It is priced as ours are, and without its searches. */
  addElsewhere({ createdAt, endedAt, workspaceId, model, usage }: ElsewhereAnswer): void {
    const facts = this.#factsOf(endedAt, workspaceId, model)
    const { book } = this.#options
    const tokens = { ...usage, webSearchRequests: 0 }
    const cost = costOf({ usage: tokens, model, route: 'batch', at: createdAt, book })
    facts.elsewhere = plusCounts(facts.elsewhere, usage)
    facts.elsewhereAnswers += 1
    facts.elsewhereNano = sumOf(facts.elsewhereNano, cost === null ? null : BigInt(cost))
  }

  /** What came of it. */
  report(): ReconcileReport {
    const lines = explainedLines(this.#merged(), {
      now: this.#options.now,
      isOurs: (workspaceId) => this.#isOurs(workspaceId),
    })
    return {
      lines,
      realtime: [...this.#realtime].map(([model, costNano]) => ({ model, costNano })),
      unexplained: lines.filter(({ causes }) => causes.includes('unexplained')).length,
    }
  }

  // The reports name the default workspace null, and the header of an answer by its id: one of ours that they do not name at all.
  #nameOf(workspaceId: string | null): string | null {
    return this.#theirWorkspaces.has(workspaceId) ? workspaceId : null
  }

  #isOurs(workspaceId: string | null): boolean {
    return [...this.#ourWorkspaces].some((ours) => this.#nameOf(ours) === workspaceId)
  }

  #merged(): readonly ReconcileFacts[] {
    const merged = new Map<string, ReconcileFacts>()
    for (const facts of this.#facts.values()) {
      const workspaceId = this.#nameOf(facts.workspaceId)
      const key = keyOf(facts.day, workspaceId, facts.model)
      const there = merged.get(key)
      merged.set(key, there === undefined ? { ...facts, workspaceId } : plusFacts(there, facts))
    }
    return [...merged]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, facts]) => (isOfOneSide(facts) ? [] : [facts]))
  }

  #factsOf(at: EpochMs, workspaceId: string | null, name: string): ReconcileFacts {
    const model = priceOf(this.#options.book, name, at)?.id ?? name
    const day = dayAt(at)
    const key = keyOf(day, workspaceId, model)
    const there = this.#facts.get(key)
    if (there !== undefined) return there
    const facts: ReconcileFacts = {
      ...{ day, workspaceId, model, ours: NO_COUNTS, theirs: NO_COUNTS, oursNano: 0n },
      searchesNano: 0n,
      ...{ elsewhere: NO_COUNTS, elsewhereNano: 0n, elsewhereAnswers: 0 },
      ...{ theirsNano: null, costLines: 0, attempts: 0, unpriced: 0 },
      ...{ possiblyPaid: 0, possiblyPaidNano: 0n, possiblyPaidUnknown: 0 },
    }
    this.#facts.set(key, facts)
    return facts
  }
}

// Known of batches made elsewhere alone.
function isOfOneSide({ attempts, possiblyPaid, theirs, theirsNano }: ReconcileFacts): boolean {
  return attempts + possiblyPaid === 0 && theirsNano === null && isNoCount(theirs)
}

function plusFacts(one: ReconcileFacts, other: ReconcileFacts): ReconcileFacts {
  const isPriced = one.theirsNano !== null || other.theirsNano !== null
  return {
    ...{ day: one.day, workspaceId: one.workspaceId, model: one.model },
    ours: plusCounts(one.ours, other.ours),
    theirs: plusCounts(one.theirs, other.theirs),
    oursNano: one.oursNano + other.oursNano,
    searchesNano: sumOf(one.searchesNano, other.searchesNano),
    theirsNano: isPriced ? (one.theirsNano ?? 0n) + (other.theirsNano ?? 0n) : null,
    elsewhere: plusCounts(one.elsewhere, other.elsewhere),
    elsewhereNano: sumOf(one.elsewhereNano, other.elsewhereNano),
    elsewhereAnswers: one.elsewhereAnswers + other.elsewhereAnswers,
    costLines: one.costLines + other.costLines,
    attempts: one.attempts + other.attempts,
    unpriced: one.unpriced + other.unpriced,
    possiblyPaid: one.possiblyPaid + other.possiblyPaid,
    possiblyPaidNano: one.possiblyPaidNano + other.possiblyPaidNano,
    possiblyPaidUnknown: one.possiblyPaidUnknown + other.possiblyPaidUnknown,
  }
}

function sumOf(one: bigint | null, other: bigint | null): bigint | null {
  return one === null || other === null ? null : one + other
}

function keyOf(day: string, workspaceId: string | null, model: string): string {
  return JSON.stringify([day, model, workspaceId])
}

function dayAt(at: EpochMs): string {
  return new Date(at).toISOString().slice(0, 10)
}
