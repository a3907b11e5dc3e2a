import type { Submission } from '../model/submission.js'
import type { EngineContext } from './context.js'
import type { HeldLease } from './held-lease.js'

/** Puts the members of a submission that was not sent back to waiting, page by page. */
export async function takeApart(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<void> {
  const submissionId = submission.id
  await untilNoneIsLeft(lease, () => context.store.dissolve({ fence: lease.fence, submissionId }))
}

/** Takes the members of an orphan back, page by page, before its queue sends again. */
export async function reclaim(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<void> {
  const submissionId = submission.id
  await untilNoneIsLeft(lease, () =>
    context.store.reclaimMembers({ fence: lease.fence, submissionId }),
  )
}

async function untilNoneIsLeft(
  lease: HeldLease,
  step: () => Promise<{ readonly left: number }>,
): Promise<void> {
  for (;;) {
    await lease.keep()
    const { left } = await step()
    if (left === 0) return
  }
}
