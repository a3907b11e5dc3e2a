import type { OpenOutcome } from '../model/open-outcome.js'
import type { Submission } from '../model/submission.js'
import type { EngineContext } from './context.js'

/** The members of a batch that no answer has come for, and that nobody canceled. */
export async function openMembers(
  { store }: EngineContext,
  { id: submissionId }: Submission,
): Promise<readonly OpenOutcome[]> {
  const open: OpenOutcome[] = []
  const limit = store.traits.pageLimit
  for (let after = -1; ; ) {
    const page = await store.openOutcomes({ submissionId, after, limit })
    const last = page.at(-1)
    if (last === undefined) return open
    open.push(
      ...page.filter(({ outcome, cancelRequested }) => outcome === null && !cancelRequested),
    )
    after = last.ordinal
  }
}
