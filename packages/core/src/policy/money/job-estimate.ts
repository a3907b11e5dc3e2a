import type { JobId, ProjectId } from '../../model/ids.js'
import type { NanoUsd } from '../../model/money.js'
import { projectScope, type SettingName } from '../../model/setting-documents.js'
import type { EpochMs } from '../../model/time.js'
import type { CostFigure, Estimate } from './estimate.js'
import { type EstimateGrounds, weakestGrounds } from './estimate-grounds.js'

/** What rows of a job were estimated at in batch, before they were accepted. */
export interface EstimatedRows {
  readonly rows: number
  readonly batch: CostFigure
  readonly grounds: EstimateGrounds
  readonly at: EpochMs
}

/** Value of {@link jobEstimateSetting}: kept so that the end can be held against it, whichever process comes to it. */
export interface JobEstimate {
  /** The job's name, for people. */
  readonly job: string
  /** Rows of earlier commits together; null for none. */
  readonly earlier: EstimatedRows | null
  /** Those that the newest commit brought, or was about to. */
  readonly newest: EstimatedRows
  /** The job's commits before it. A further look before the same commit takes the place of this one. */
  readonly afterCommits: number
}

/** The document that holds what a job was estimated at, a {@link JobEstimate}; there is none for one that never was. */
export function jobEstimateSetting(project: ProjectId, jobId: JobId): SettingName {
  return { scope: projectScope(project), name: `estimate:${jobId}` }
}

/** The estimate of rows that are about to be accepted, to be kept; null where there are none. */
export function estimatedRows(estimate: Estimate, at: EpochMs): EstimatedRows | null {
  const { rows, batch, grounds } = estimate
  return rows === 0 ? null : { rows, batch, grounds, at }
}

/** A document with the rows that are about to be committed. What a crash kept from being committed is not counted twice. */
export function withEstimate(
  before: JobEstimate | null,
  job: { readonly name: string; readonly commits: number },
  newest: EstimatedRows,
): JobEstimate {
  const isAgain = before !== null && before.afterCommits >= job.commits
  const earlier = before === null ? null : isAgain ? before.earlier : wholeEstimate(before)
  return { job: job.name, earlier, newest, afterCommits: job.commits }
}

/** All that a job was estimated at. */
export function wholeEstimate({ earlier, newest }: JobEstimate): EstimatedRows {
  if (earlier === null) return newest
  const isFloor = [earlier, newest].some(({ batch }) => batch.basis === 'floor')
  return {
    rows: earlier.rows + newest.rows,
    batch: {
      lowNano: (earlier.batch.lowNano + newest.batch.lowNano) as NanoUsd,
      highNano: (earlier.batch.highNano + newest.batch.highNano) as NanoUsd,
      basis: isFloor ? 'floor' : 'estimate',
    },
    grounds: weakestGrounds([earlier.grounds, newest.grounds]),
    at: newest.at,
  }
}

/** What is known of a job's cost. */
export interface KnownCost {
  readonly paidNano: NanoUsd
  /** Whether rows are open, or what some attempts cost is not known. */
  readonly isPart: boolean
}

/**
 * By how much the real cost missed an estimate: above its high end positive, below its low end negative, 0 within. Null when
 * that can't be told, since the cost or the estimate is only a part.
 */
export function missOf(estimate: CostFigure, { paidNano, isPart }: KnownCost): NanoUsd | null {
  const { lowNano, highNano, basis } = estimate
  if (isPart || basis === 'floor') return null
  if (paidNano > highNano) return (paidNano - highNano) as NanoUsd
  return (paidNano < lowNano ? paidNano - lowNano : 0) as NanoUsd
}
