import type { CostRow } from '../../model/cost-row.js'
import type { EpochMs } from '../../model/time.js'
import { type CostSums, costSums, type GrowingSums } from './cost-sums.js'

/** Groups that are kept apart; what comes beyond them is summed as one. */
export const MOST_COST_GROUPS = 10_000

const PLAIN = [
  'project',
  'queue',
  'route',
  'model',
  'day',
  'month',
  'job',
  'batch',
  'account',
  'workspace',
] as const

/** What costs are told apart by; `label:NAME` by the value of a label. */
export type CostDimension = (typeof PLAIN)[number] | `label:${string}`

/** Whether a word is one of {@link CostDimension}. */
export function isCostDimension(word: string): word is CostDimension {
  return (PLAIN as readonly string[]).includes(word) || /^label:./s.test(word)
}

/** Costs that have the same value in every dimension. */
export interface CostGroup {
  /** A value for each dimension, in their order; null for none, as of a request outside of jobs. */
  readonly key: readonly (string | null)[]
  readonly sums: CostSums
}

/** How rows are told apart. */
export interface CostTallyOptions {
  readonly by: readonly CostDimension[]
  readonly project: string
  /** The day of an instant as `2026-11-22`, by whichever clock. */
  readonly dayOf: (at: EpochMs) => string
  /** Default {@link MOST_COST_GROUPS}. */
  readonly mostGroups?: number | undefined
}

/** Adds up rows of costs by group, in memory that grows with the groups and not with the rows. */
export class CostTally {
  readonly #options: CostTallyOptions
  readonly #groups = new Map<
    string,
    { readonly key: CostGroup['key']; readonly sums: GrowingSums }
  >()
  readonly #total = costSums()
  #other: GrowingSums | null = null

  constructor(options: CostTallyOptions) {
    this.#options = options
  }

  /** Adds a row. */
  add(row: CostRow): void {
    this.#total.add(row)
    this.#sumsOf(this.#options.by.map((name) => this.#valueOf(row, name))).add(row)
  }

  /** All rows together. */
  get total(): CostSums {
    return this.#total.sums
  }

  /** What belongs to groups beyond the most that are kept; null when all are. */
  get other(): CostSums | null {
    return this.#other?.sums ?? null
  }

  /** The groups: by day or month in the order of time, else the dearest first. */
  groups(): readonly CostGroup[] {
    const { by } = this.#options
    const times = by.flatMap((name, index) => (name === 'day' || name === 'month' ? [index] : []))
    return [...this.#groups.values()]
      .map(({ key, sums }) => ({ key, sums: sums.sums }))
      .sort((a, b) => {
        for (const index of times) {
          const order = compare(a.key[index] ?? '', b.key[index] ?? '')
          if (order !== 0) return order
        }
        return (
          compare(b.sums.paidNano, a.sums.paidNano) ||
          compare(JSON.stringify(a.key), JSON.stringify(b.key))
        )
      })
  }

  #sumsOf(key: readonly (string | null)[]): GrowingSums {
    const text = JSON.stringify(key)
    const there = this.#groups.get(text)
    if (there !== undefined) return there.sums
    if (this.#groups.size >= (this.#options.mostGroups ?? MOST_COST_GROUPS)) {
      this.#other ??= costSums()
      return this.#other
    }
    const sums = costSums()
    this.#groups.set(text, { key, sums })
    return sums
  }

  #valueOf(row: CostRow, name: CostDimension): string | null {
    switch (name) {
      case 'project':
        return this.#options.project
      case 'queue':
        return row.queue
      case 'route':
        return row.route
      case 'model':
        return row.model
      case 'day':
        return this.#options.dayOf(row.billedAt)
      case 'month':
        return this.#options.dayOf(row.billedAt).slice(0, 7)
      case 'job':
        return row.jobName
      case 'batch':
        return row.remoteId
      case 'account':
        return row.account
      case 'workspace':
        return row.workspaceId
      default:
        return labelOf(row, name.slice('label:'.length))
    }
  }
}

// A label may be called as any member of an object is.
function labelOf({ labels }: CostRow, name: string): string | null {
  return labels !== null && Object.hasOwn(labels, name) ? (labels[name] ?? null) : null
}

function compare<T extends string | bigint>(a: T, b: T): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
