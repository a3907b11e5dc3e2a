import type { MoneySplit, SavingRange, StandingMoney } from './audit-report.js'
import { type BatchReason, STANDING_OF, type Standing } from './batch-reason.js'
import type { FeaturePattern } from './feature-pattern.js'
import { addSum, type MoneySum, newMoneySum } from './money-sum.js'

/** Sums of one model of one feature, by why they stand where they do. */
export type ReasonSums = Map<BatchReason, MoneySum>

const STANDINGS: readonly Standing[] = ['batched', 'no', 'ready', 'likely', 'open']

/** Splits the sums of one model; the pattern of its feature decides about what nothing else does. */
export function splitOf(sums: ReasonSums, pattern: FeaturePattern | null): MoneySplit {
  const byStanding = new Map<Standing, MoneySum>()
  for (const [reason, sum] of sums) {
    const standing = standingOf(reason, pattern)
    const into = byStanding.get(standing) ?? newMoneySum()
    byStanding.set(standing, into)
    addSum(into, sum)
  }
  const all = newMoneySum()
  for (const sum of byStanding.values()) addSum(all, sum)
  const { records, calls, unpriced, spentNano } = all
  const parts = STANDINGS.map((standing) => [standing, moneyOf(standing, byStanding.get(standing))])
  const split = Object.fromEntries(parts) as Record<Standing, StandingMoney>
  return { records, calls, unpriced, spentNano, byStanding: split }
}

/** Adds splits up. */
export function addedSplits(splits: readonly MoneySplit[]): MoneySplit {
  const total = (figure: (split: MoneySplit) => number): number =>
    splits.reduce((sum, split) => sum + figure(split), 0)
  const parts = STANDINGS.map((standing) => [
    standing,
    addedMoney(splits.map(({ byStanding }) => byStanding[standing])),
  ])
  return {
    records: total(({ records }) => records),
    calls: total(({ calls }) => calls),
    unpriced: total(({ unpriced }) => unpriced),
    spentNano: splits.reduce((sum, { spentNano }) => sum + spentNano, 0n),
    byStanding: Object.fromEntries(parts) as Record<Standing, StandingMoney>,
  }
}

/** What a split can save. */
export function savesOf({ byStanding }: MoneySplit): SavingRange {
  const { ready, likely, open } = byStanding
  return {
    lowNano: ready.savesLowNano + likely.savesLowNano,
    highNano: ready.savesHighNano + likely.savesHighNano + open.savesHighNano,
  }
}

function standingOf(reason: BatchReason, pattern: FeaturePattern | null): Standing {
  const standing = STANDING_OF[reason]
  if (standing !== 'open' || pattern === null) return standing
  return pattern === 'tool_loop' ? 'no' : 'likely'
}

function moneyOf(standing: Standing, sum: MoneySum | undefined): StandingMoney {
  const { records, spentNano, warmNano, coldNano } = sum ?? newMoneySum()
  if (standing === 'no' || standing === 'batched') {
    return { records, spentNano, savesLowNano: 0n, savesHighNano: 0n, dearerNano: 0n }
  }
  return {
    ...{ records, spentNano },
    savesLowNano: above0(spentNano - coldNano),
    savesHighNano: above0(spentNano - warmNano),
    dearerNano: above0(coldNano - spentNano),
  }
}

function addedMoney(moneys: readonly StandingMoney[]): StandingMoney {
  const total = (figure: (money: StandingMoney) => bigint): bigint =>
    moneys.reduce((sum, money) => sum + figure(money), 0n)
  return {
    records: moneys.reduce((sum, { records }) => sum + records, 0),
    spentNano: total(({ spentNano }) => spentNano),
    savesLowNano: total(({ savesLowNano }) => savesLowNano),
    savesHighNano: total(({ savesHighNano }) => savesHighNano),
    dearerNano: total(({ dearerNano }) => dearerNano),
  }
}

function above0(nano: bigint): bigint {
  return nano < 0n ? 0n : nano
}
