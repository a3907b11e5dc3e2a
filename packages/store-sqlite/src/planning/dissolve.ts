import {
  type Fence,
  queueResource,
  releaseMember,
  type SubmissionId,
  submissionResource,
  UNSENT_STATES,
} from '@halfrate/core'
import {
  applyRelease,
  type MemberRow,
  releaseFactsOf,
  SELECT_MEMBERS,
} from '../collecting/release-effect.js'
import { withdraw } from '../members.js'
import { checkFence, type Session } from '../session.js'
import { needSubmission } from '../submissions.js'
import { dissolveEmpty } from './seal-submission.js'

// A run of the primary key; those that are out already are passed.
const LIVE = `${SELECT_MEMBERS} WHERE a.submission_id = ? AND a.released_at IS NULL
  ORDER BY a.ordinal LIMIT ?`

/** See `PlanningStore.dissolve`. */
export function dissolve(
  session: Session,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
): { readonly left: number } {
  const { id, project, queue, state } = needSubmission(session, params.submissionId)
  checkFence(session, params.fence, queueResource(project, queue), submissionResource(id))
  if (!UNSENT_STATES.includes(state)) return { left: 0 }
  for (const member of session.db.all<MemberRow>(LIVE, id, session.pageLimit)) {
    putBack(session, member)
  }
  const rest = needSubmission(session, id)
  if (rest.requestCount === 0) dissolveEmpty(session, rest)
  return { left: rest.requestCount }
}

function putBack(session: Session, member: MemberRow): void {
  const effect = releaseMember(releaseFactsOf(session, member), {
    outcome: null,
    to: { type: 'waiting', notBefore: member.not_before, countAs: 'nothing', batchLimit: null },
  })
  withdraw(session, member)
  if (effect.type === 'release') applyRelease(session, member, effect)
}
