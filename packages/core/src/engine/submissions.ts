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
  let afterId = 0
  for (;;) {
    const page = await context.store.listSubmissions({ ...params, afterId, limit: PAGE })
    all.push(...page)
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return all
    afterId = last.id
  }
}
