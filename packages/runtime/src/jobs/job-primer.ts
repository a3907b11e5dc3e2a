import { type Job, queueSetting, type Store, usablePolicy } from '@halfrate/core'
import {
  type JobPrimer,
  jobPrimerSetting,
  type PrimerReason,
  type PrimerState,
} from '@halfrate/core/caching'
import { usdText } from '@halfrate/core/money'

/** What goes first of a job, or went, to write what its rows share to the provider's cache. */
export interface PrimerReport {
  /**
   * `offered`: it is not decided yet whether one goes first. `away`: one does, and the rest waits for it. `written`: the rest went after
   * it. `cold`: the rest goes, or went, without.
   */
  readonly state: PrimerState
  /** Why none goes first, or how it ended; null before that. */
  readonly reason: PrimerReason | null
  /** How many rows go first: one for each prefix. 0 where none do. */
  readonly size: number
  /** Rows of the newest part that share a prefix. */
  readonly sharingRows: number
  /** Until when the rest waits at the most, epoch milliseconds; null where it does not wait. */
  readonly until: number | null
  /** What it was likely to save when it was decided about, decimal text in dollars; null where that was not reckoned. */
  readonly savingUsd: string | null
}

/** What is known of the primer of a job, over or not; null where its queue asked for none when it was taken in, or its rows share nothing. */
export async function primerReportOf(
  store: Pick<Store, 'getSetting' | 'now'>,
  job: Pick<Job, 'id' | 'project' | 'queue'>,
): Promise<PrimerReport | null> {
  const primer = await readJobPrimer(store, job)
  if (primer === null) return null
  const { reason, requestIds, prefixes, until, savingNano } = primer
  return {
    ...{ state: primer.state, reason, size: requestIds.length },
    sharingRows: prefixes.reduce((sum, { rows }) => sum + rows, 0),
    until: primer.state === 'away' ? until : null,
    savingUsd: savingNano === null ? null : usdText(savingNano),
  }
}

/**
 * The document of a job's primer; null for none. One that nothing waits for any more, since its time is over or its queue asks for none, is
 * `cold` here before a worker has written that down.
 */
export async function readJobPrimer(
  store: Pick<Store, 'getSetting' | 'now'>,
  { id, project, queue }: Pick<Job, 'id' | 'project' | 'queue'>,
): Promise<JobPrimer | null> {
  const stored = await store.getSetting(jobPrimerSetting(project, id))
  const primer = (stored?.value ?? null) as JobPrimer | null
  if (primer?.state !== 'away') return primer
  const policy = await store.getSetting(queueSetting(project, queue))
  const { primerWaitMs } = usablePolicy(policy?.value ?? {})
  const isOver = primer.until !== null && primer.until <= (await store.now())
  if (primerWaitMs > 0 && !isOver) return primer
  return { ...primer, state: 'cold', reason: 'late' }
}
