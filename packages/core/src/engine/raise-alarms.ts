import { type Uncollected, uncollectedSetting } from '../model/setting-documents.js'
import type { Submission } from '../model/submission.js'
import { DAY_MS } from '../model/time.js'
import { isUncollectedForLong, overdueOf, untoldWaits } from '../policy/overdue.js'
import { alarm, type EngineContext } from './context.js'
import { everySubmission } from './submissions.js'

/** Tells people which submissions need one: results that nobody collected for long, answers that are not found. */
export async function raiseAlarms(context: EngineContext): Promise<void> {
  const { store, settings, account } = context
  const now = await store.now()
  const states = ['sending', 'ambiguous', 'in_progress', 'canceling', 'ended'] as const
  const open = await everySubmission(context, { account, states })
  for (const submission of open) {
    const problem = overdueOf(submission, settings, now)
    if (problem === null) continue
    const { id: submissionId, remoteId } = submission
    alarm(context, { ...problem, submissionId, remoteId })
  }
  const waiting = open.filter((submission) => isUncollectedForLong(submission, now))
  if (waiting.length > 0) await tellWaiting(context, waiting)
}

// Noted before it is told, so that of all workers one tells it. Whoever loses against another leaves it to that one, or
// to the next round.
async function tellWaiting(context: EngineContext, waiting: readonly Submission[]): Promise<void> {
  const { store, settings, account } = context
  const name = uncollectedSetting(account)
  const stored = await store.getSetting(name)
  const before = (stored?.value ?? null) as Uncollected | null
  const now = await store.now()
  const { untold, after } = untoldWaits(waiting, before, settings, now)
  if (untold.length === 0) return
  const ifVersion = stored?.version ?? null
  if ((await store.putSetting({ ...name, value: after, ifVersion })) === null) return
  for (const { id: submissionId, remoteId, remoteCreatedAt } of untold) {
    const created = remoteCreatedAt ?? now
    const days = Math.floor((now - created) / DAY_MS)
    const left = Math.ceil((created + settings.resultsLifetimeMs - now) / DAY_MS)
    const message = `Results of batch ${remoteId} are not collected after ${days} days; the provider drops them in ${left} days.`
    alarm(context, { code: 'results_waiting', message, submissionId, remoteId })
  }
}
