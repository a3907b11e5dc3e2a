import type { AlarmCode } from '../model/engine-event.js'
import type { Uncollected } from '../model/setting-documents.js'
import type { Submission } from '../model/submission.js'
import { DAY_MS, type EpochMs, HOUR_MS } from '../model/time.js'
import type { EngineSettings } from './engine-settings.js'

/** Something about a submission that a person should know. */
export interface Overdue {
  readonly code: AlarmCode
  readonly message: string
}

// Four days are enough to mend whatever keeps results from being fetched.
const EXPIRING_BEFORE_MS = 4 * DAY_MS
// Every batch ends within a day and is collected at once, so results that wait for so long have somebody to look for.
const WAITING_MS = [7 * DAY_MS, 20 * DAY_MS]
// The provider ends every batch within a day.
const ANSWER_LOST_MS = 26 * HOUR_MS

/**
 * What is overdue about a submission: results that the provider will soon drop (I16), an answer that has been looked
 * for longer than any batch can run (I15). Null when all is well.
 */
export function overdueOf(
  submission: Submission,
  settings: EngineSettings,
  now: EpochMs,
): Overdue | null {
  const { remoteCreatedAt, sendStartedAt, state, remoteId } = submission
  if (remoteCreatedAt !== null) {
    const dropsAt = remoteCreatedAt + settings.resultsLifetimeMs
    if (now < dropsAt - EXPIRING_BEFORE_MS) return null
    const days = Math.max(0, (dropsAt - now) / DAY_MS).toFixed(1)
    const message = `Results of batch ${remoteId} are not collected, and the provider drops them in ${days} days.`
    return { code: 'results_expiring', message }
  }
  if (state !== 'ambiguous' || sendStartedAt === null || now - sendStartedAt < ANSWER_LOST_MS)
    return null
  const hours = Math.floor((now - sendStartedAt) / HOUR_MS)
  const message = `The answer to a send of ${submission.requestCount} requests has been looked for for ${hours} hours.`
  return { code: 'answer_lost_for_long', message }
}

/** Whether somebody should hear that a submission's results wait to be collected, or did. */
export function isUncollectedForLong({ remoteCreatedAt }: Submission, now: EpochMs): boolean {
  return remoteCreatedAt !== null && now - remoteCreatedAt >= (WAITING_MS[0] ?? 0)
}

/**
 * Whose results have waited for 7 or 20 days since that was told of them last, and what stands in the document after it
 * is told: each age once for each submission. Those that are overdue by {@link overdueOf} are told by that instead.
 */
export function untoldWaits(
  waiting: readonly Submission[],
  before: Uncollected | null,
  settings: EngineSettings,
  now: EpochMs,
): { readonly untold: readonly Submission[]; readonly after: Uncollected } {
  const knownOf = new Map(before?.told.map(({ submissionId, ageMs }) => [submissionId, ageMs]))
  const told: Uncollected['told'][number][] = []
  const untold: Submission[] = []
  for (const submission of waiting) {
    const age = now - (submission.remoteCreatedAt ?? now)
    const ageMs = WAITING_MS.findLast((step) => step <= age)
    if (ageMs === undefined) continue
    told.push({ submissionId: submission.id, ageMs })
    const isKnown = (knownOf.get(submission.id) ?? 0) >= ageMs
    if (!isKnown && overdueOf(submission, settings, now) === null) untold.push(submission)
  }
  return { untold, after: { told } }
}
