import { totalOf } from '../model/outcome.js'
import type { Verdict } from '../model/request.js'
import type { Submission } from '../model/submission.js'
import { decideOutcome } from '../policy/retry/outcome.js'
import { alarm, type EngineContext } from './context.js'
import type { HeldLease } from './held-lease.js'
import { readPolicy } from './policies.js'
import { releaseAll } from './release.js'
import { retryFactsOf } from './retry-facts.js'

const RESULT_LOST: Verdict = { status: 'failed', reason: 'result_lost', detail: null }

/**
 * Ends the members of a batch some of whose paid rows can't be fetched: which ones were paid can't be known, so none is
 * sent again silently. What was let go before the batch came back is booked as possibly paid too. Safe to repeat.
 */
export async function failRest(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
  { final }: { readonly final: boolean },
): Promise<void> {
  const policy = await readPolicy(context, submission.project, submission.queue)
  const now = await context.store.now()
  const facts = retryFactsOf(submission)
  const report = await releaseAll(context, lease, submission, (member) =>
    member.outcome === null
      ? { to: { type: 'done', verdict: RESULT_LOST }, possiblyPaid: true }
      : { to: decideOutcome({ member, policy, submission: facts }, now), possiblyPaid: false },
  )
  const marked = await markReleased(context, lease, submission)
  const unknown = final ? await withoutAttempts(context, submission) : 0
  if (report.done + marked + unknown === 0) return
  alarm(context, {
    code: 'result_lost',
    message: lostWords(submission, { failed: report.done, marked, unknown }),
    submissionId: submission.id,
    remoteId: submission.remoteId,
  })
}

async function markReleased(
  { store }: EngineContext,
  lease: HeldLease,
  { id: submissionId }: Submission,
): Promise<number> {
  let sum = 0
  for (;;) {
    await lease.keep()
    const { marked } = await store.markPossiblyPaid({ fence: lease.fence, submissionId })
    if (marked === 0) return sum
    sum += marked
  }
}

// Rows of a batch that something else sent have attempts only once their lines were read.
async function withoutAttempts({ store }: EngineContext, submission: Submission): Promise<number> {
  const { total } = await store.countAttempts({ submissionId: submission.id })
  return submission.counts === null ? 0 : Math.max(0, totalOf(submission.counts) - total)
}

function lostWords(
  { remoteId }: Submission,
  { failed, marked, unknown }: Readonly<Record<'failed' | 'marked' | 'unknown', number>>,
): string {
  const parts = [
    failed > 0 ? `${failed} requests failed and are booked as possibly paid` : null,
    marked > 0
      ? `${marked} attempts of requests that had been let go before are booked as possibly paid`
      : null,
    unknown > 0 ? `up to ${unknown} rows that were paid are in no books` : null,
  ]
  const words = parts.filter((part) => part !== null).join('; ')
  return `Paid results of batch ${remoteId} could not be fetched; ${words}.`
}
