import { submissionResource } from '@halfrate/core'
import type { In, Out } from '../in-out.js'
import { changeAttempt } from '../rows/change.js'
import { nameOf } from '../rows/stored-attempt.js'
import type { Session } from '../session.js'

/** See `CollectingStore.markPossiblyPaid`. */
export function markPossiblyPaid(
  session: Session,
  params: In<'markPossiblyPaid'>,
): Promise<Awaited<Out<'markPossiblyPaid'>>> {
  return session.step(async (step) => {
    const { submissionId } = params
    await step.submissions.load([submissionId])
    const { submission, ordinals } = step.submissions.need(submissionId)
    await step.fence(params.fence, submissionResource(submissionId))
    if (submission.state !== 'ended') return { marked: 0 }
    let marked = 0
    for (let from = 0; from < ordinals && marked < session.pageLimit; from += session.pageLimit) {
      const length = Math.min(session.pageLimit, ordinals - from)
      const names = Array.from({ length }, (_, at) => nameOf({ submissionId, ordinal: from + at }))
      await step.attempts.load(names)
      for (const name of names) {
        const { attempt } = step.attempts.need(name)
        const { outcome, withdrawn, possiblyPaid } = attempt
        if (outcome !== null || withdrawn || possiblyPaid || marked >= session.pageLimit) continue
        changeAttempt(step, attempt, { possiblyPaid: true })
        marked += 1
      }
    }
    return { marked }
  })
}
