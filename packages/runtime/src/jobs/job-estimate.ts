import type { Job, Report, Store } from '@halfrate/core'
import {
  type EstimateBasis,
  type EstimatedRows,
  type EstimateGrounds,
  type JobEstimate,
  jobEstimateSetting,
  type KnownCost,
  missOf,
  usdText,
  wholeEstimate,
  withEstimate,
} from '@halfrate/core/money'
import { changeSetting } from '../change-setting.js'

type StoredJob = Pick<Job, 'id' | 'project' | 'name' | 'committedPart'>

/** What the rows of a job were estimated at, and by how much that missed. */
export interface EstimateReport {
  /** In batch. Decimal text in dollars. */
  readonly lowUsd: string
  readonly highUsd: string
  readonly basis: EstimateBasis
  readonly grounds: EstimateGrounds
  /**
   * Paid above the high end; below zero for less than the low one; `0.00` within. Null until all is done, and where a cost is not
   * known.
   */
  readonly missedUsd: string | null
}

/** What all rows of a job were estimated at before they were accepted; null when some of them never were. */
export async function readJobEstimate(
  store: Pick<Store, 'getSetting'>,
  { id, project, rowCount }: Pick<Job, 'id' | 'project' | 'rowCount'>,
): Promise<EstimatedRows | null> {
  const setting = await store.getSetting(jobEstimateSetting(project, id))
  const kept = (setting?.value ?? null) as JobEstimate | null
  const whole = kept === null ? null : wholeEstimate(kept)
  return whole === null || whole.rows < rowCount ? null : whole
}

/** Keeps what rows were estimated at that are about to be committed; null when there are none, and then nothing changes. */
export async function writeJobEstimate(
  store: Pick<Store, 'getSetting' | 'putSetting'>,
  { id, project, name, committedPart: commits }: StoredJob,
  rows: EstimatedRows | null,
): Promise<void> {
  if (rows === null) return
  await changeSetting(store, jobEstimateSetting(project, id), (value) => ({
    value: withEstimate(value as JobEstimate | null, { name, commits }, rows),
  }))
}

/** An estimate held against what a job has cost; null for none. */
export function estimateReportOf(
  estimated: EstimatedRows | null,
  report: Report,
): EstimateReport | null {
  if (estimated === null) return null
  const { batch, grounds } = estimated
  const missed = missOf(batch, knownCostOf(report))
  return {
    lowUsd: usdText(batch.lowNano),
    highUsd: usdText(batch.highNano),
    basis: batch.basis,
    grounds,
    missedUsd: missed === null ? null : usdText(missed),
  }
}

/** What a report tells of a job's cost. */
export function knownCostOf({ counts, money }: Report): KnownCost {
  const isOpen = counts.byState.done < counts.total
  const isUnsure = money.unpricedAttempts + money.possiblyPaidAttempts > 0
  return { paidNano: money.paidNano, isPart: isOpen || isUnsure }
}
