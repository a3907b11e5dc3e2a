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
  const report = await releaseAll(context, lease, submission, (member, story) =>
    member.outcome === null
      ? { to: { type: 'done', verdict: RESULT_LOST }, possiblyPaid: true }
      : {
          to: decideOutcome({ member, policy, story, submission: facts }, now),
          possiblyPaid: false,
        },
  )
  // Each is told as soon as it stands, so that whoever is killed in between has told what was done.
  const say = (count: number, words: string): void => sayLost(context, submission, count, words)
  say(report.done, 'requests failed and are booked as possibly paid')
  const marked = await markReleased(context, lease, submission)
  say(marked, 'attempts of requests that had been let go before are booked as possibly paid')
  if (!final) return
  const unknown = await withoutAttempts(context, submission)
  say(unknown, 'rows of it, of which some were paid, are in no books')
}

function sayLost(
  context: EngineContext,
  { id: submissionId, remoteId }: Submission,
  count: number,
  words: string,
): void {
  if (count === 0) return
  const message = `Paid results of batch ${remoteId} could not be fetched; ${count} ${words}.`
  alarm(context, { code: 'result_lost', message, submissionId, remoteId })
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
