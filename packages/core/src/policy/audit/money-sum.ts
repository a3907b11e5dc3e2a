import type { PricedRecord } from './priced-record.js'

/** Money of many records; sums of whole nano-dollars, so in whichever order they come. */
export interface MoneySum {
  /** Records, of a log one a call. */
  records: number
  /** Calls, where the source says how many. */
  calls: number
  /** Records without a known price; they are in no sum of money. */
  unpriced: number
  spentNano: bigint
  /** What the same would cost in batch with its caches as they are. */
  warmNano: bigint
  /** What the same would cost in batch without any cache. */
  coldNano: bigint
}

/** A sum of nothing. */
export function newMoneySum(): MoneySum {
  return { records: 0, calls: 0, unpriced: 0, spentNano: 0n, warmNano: 0n, coldNano: 0n }
}

/** Adds one record. */
export function addRecord(sum: MoneySum, priced: PricedRecord, calls: number | null): void {
  sum.records += 1
  sum.calls += calls ?? 0
  const { spentNano } = priced
  if (spentNano === null) {
    sum.unpriced += 1
    return
  }
  sum.spentNano += spentNano
  sum.warmNano += priced.warmNano ?? spentNano
  sum.coldNano += priced.coldNano ?? spentNano
}

/** Adds another sum. */
export function addSum(sum: MoneySum, other: Readonly<MoneySum>): void {
  sum.records += other.records
  sum.calls += other.calls
  sum.unpriced += other.unpriced
  sum.spentNano += other.spentNano
  sum.warmNano += other.warmNano
  sum.coldNano += other.coldNano
}
