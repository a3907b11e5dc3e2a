import type { SeedReport } from '../run-seed.js'

/** What many seeds came to together. */
export interface SeedSums {
  seeds: number
  /** Seeds that broke no published assumption. */
  within: number
  steps: number
  requests: number
  faults: number
  crashes: number
  /** Strikes by kind of fault. */
  kinds: Record<string, number>
  duplicatesWithin: number
  duplicatesBeyond: number
  billed: number
  lost: number
  failed: number
  /** Seeds in which a backup was put back. */
  restored: number
  /** Batches that recoveries took in. */
  imported: number
  /** Requests that backups did not have. */
  forgotten: number
  /** Paid answers beyond the first in those seeds; they are in the other sums too. */
  duplicatesRestored: number
}

/** Sums of nothing. */
export function noSums(): SeedSums {
  return {
    seeds: 0,
    within: 0,
    steps: 0,
    requests: 0,
    faults: 0,
    crashes: 0,
    kinds: {},
    duplicatesWithin: 0,
    duplicatesBeyond: 0,
    billed: 0,
    lost: 0,
    failed: 0,
    restored: 0,
    imported: 0,
    forgotten: 0,
    duplicatesRestored: 0,
  }
}

/** Adds what one seed came to. */
export function addReport(sums: SeedSums, report: SeedReport): void {
  sums.seeds += 1
  sums.within += report.isWithin ? 1 : 0
  sums.steps += report.steps
  sums.requests += report.requests
  sums.faults += report.faults
  sums.crashes += report.crashes
  for (const { kind } of report.faultTrace) sums.kinds[kind] = (sums.kinds[kind] ?? 0) + 1
  if (report.isWithin) sums.duplicatesWithin += report.duplicates
  else sums.duplicatesBeyond += report.duplicates
  sums.billed += report.billed
  sums.lost += report.lost
  sums.failed += report.violations.length > 0 ? 1 : 0
  if (report.restore === null) return
  sums.restored += 1
  sums.imported += report.restore.imported
  sums.forgotten += report.restore.forgotten
  sums.duplicatesRestored += report.duplicates
}

/** Adds what others have summed up. */
export function addSums(sums: SeedSums, more: SeedSums): void {
  const { kinds, ...figures } = more
  for (const [name, value] of Object.entries(figures)) sums[name as keyof typeof figures] += value
  for (const [kind, count] of Object.entries(kinds)) {
    sums.kinds[kind] = (sums.kinds[kind] ?? 0) + count
  }
}
