import type { Attempt, ProjectId, Store } from '@halfrate/core'
import { costNanoUsd, type LedgerRow } from '@halfrate/emulator/model'
import { LEDGER_PRICES } from '../scenario/prices.js'
import type { Violations } from './violation.js'

/** What money is judged by. */
export interface MoneyJudgeOptions {
  readonly store: Store
  readonly projects: readonly ProjectId[]
  readonly isRestored: boolean
  readonly violations: Violations
}

interface Sums {
  readonly paid: bigint
  /** Null where it can't be told which of several answers is waste. */
  readonly realtime: bigint | null
  /** The same. */
  readonly waste: bigint | null
  readonly unpriced: number
}

/**
 * Holds costs against the provider's own bill, which it works out by its own arithmetic and its own list: each booked attempt, and
 * what is reported of a project, to the last nano-dollar.
 */
export class MoneyJudge {
  readonly #options: MoneyJudgeOptions
  readonly #waste = new Map<ProjectId, bigint>()
  // Of usable answers that others were there for.
  readonly #twice = new Map<ProjectId, bigint>()

  constructor(options: MoneyJudgeOptions) {
    this.#options = options
  }

  /** An attempt that was booked, beside what was billed for it. */
  judgeAttempt(name: string, attempt: Attempt, row: LedgerRow): void {
    const { project, costNano, realtimeNano, waste, usability } = attempt
    this.#compare(`${name} cost`, row.nanoUsd, costNano)
    this.#compare(`${name} in real time cost`, realtimeOf(row), realtimeNano)
    if (!waste) return
    addTo(this.#waste, project, row.nanoUsd)
    if (usability === 'usable') addTo(this.#twice, project, realtimeOf(row))
  }

  /** The reports of projects, beside the bill. */
  async judgeSums(
    billed: readonly { readonly row: LedgerRow; readonly project: ProjectId }[],
  ): Promise<void> {
    const { projects, isRestored } = this.#options
    // What a backup lacks is booked under another request, which may be another project's: then only all of them add up.
    if (isRestored) return await this.#judgeSum(projects, billed)
    for (const project of projects) {
      const theirs = billed.filter((row) => row.project === project)
      await this.#judgeSum([project], theirs)
    }
  }

  async #judgeSum(
    projects: readonly ProjectId[],
    billed: readonly { readonly row: LedgerRow }[],
  ): Promise<void> {
    const { violations, isRestored } = this.#options
    const expected: Sums = {
      paid: sumOf(billed.map(({ row }) => row.nanoUsd)),
      realtime: isRestored
        ? null
        : sumOf(billed.map(({ row }) => realtimeOf(row))) - sumIn(this.#twice, projects),
      waste: isRestored ? null : sumIn(this.#waste, projects),
      unpriced: billed.filter(({ row }) => row.nanoUsd === null).length,
    }
    const booked = await this.#bookedOf(projects)
    for (const what of ['paid', 'realtime', 'waste', 'unpriced'] as const) {
      if (expected[what] === null || expected[what] === booked[what]) continue
      violations.add(
        'sums',
        `The ledger says ${what} ${expected[what]} of ${projects.join(' and ')}; the report says ${booked[what]}.`,
      )
    }
  }

  async #bookedOf(projects: readonly ProjectId[]): Promise<Sums> {
    const { store } = this.#options
    const reports = await Promise.all(
      projects.map((project) => store.report({ scope: { project } })),
    )
    const moneys = reports.map(({ money }) => money)
    return {
      paid: sumOf(moneys.map(({ paidNano }) => BigInt(paidNano))),
      realtime: sumOf(moneys.map(({ realtimeNano }) => BigInt(realtimeNano))),
      waste: sumOf(moneys.map(({ wasteNano }) => BigInt(wasteNano))),
      unpriced: moneys.reduce((sum, { unpricedAttempts }) => sum + unpricedAttempts, 0),
    }
  }

  #compare(what: string, billed: bigint | null, booked: number | null): void {
    const cost = booked === null ? null : BigInt(booked)
    if (cost === billed) return
    this.#options.violations.add('books', `${what} ${billed} and is booked at ${cost}.`)
  }
}

function addTo(sums: Map<ProjectId, bigint>, project: ProjectId, nano: bigint | null): void {
  sums.set(project, (sums.get(project) ?? 0n) + (nano ?? 0n))
}

function sumIn(sums: ReadonlyMap<ProjectId, bigint>, projects: readonly ProjectId[]): bigint {
  return sumOf(projects.map((each) => sums.get(each) ?? 0n))
}

// The same answer without a batch, by the provider's list of the same day.
function realtimeOf({ usage, model, pricedAt }: LedgerRow): bigint | null {
  if (usage === null || model === null) return 0n
  return costNanoUsd({ ...usage, service_tier: 'standard' }, model, LEDGER_PRICES, pricedAt)
}

function sumOf(costs: readonly (bigint | null)[]): bigint {
  return costs.reduce<bigint>((sum, cost) => sum + (cost ?? 0n), 0n)
}
