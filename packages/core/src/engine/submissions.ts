import type { AccountId } from '../model/ids.js'
import type { Submission, SubmissionState } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import type { EngineContext } from './context.js'

const PAGE = 500

/** Reads all submissions that fit, page by page. */
export async function everySubmission(
  context: EngineContext,
  params: {
    readonly account: AccountId | null
    readonly states: readonly SubmissionState[] | null
    readonly sentSince?: EpochMs
  },
): Promise<readonly Submission[]> {
  const all: Submission[] = []
  // A store answers no more than its page, so a short page is the last one only if it was asked for a whole one.
  const limit = Math.min(PAGE, context.store.traits.pageLimit)
  let afterId = 0
  for (;;) {
    const page = await context.store.listSubmissions({ ...params, afterId, limit })
    all.push(...page)
    const last = page.at(-1)
    if (last === undefined || page.length < limit) return all
    afterId = last.id
  }
}
