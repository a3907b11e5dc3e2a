import type { AccountId, RemoteId, SubmissionId } from '../model/ids.js'
import { ZERO_USD } from '../model/money.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import { submissionResource } from '../model/resource.js'
import type { Search, Submission, SubmissionState } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import { applyPoll } from '../policy/poll-effect.js'
import { assertSubmissionMove } from '../policy/transition.js'
import type { Fence } from '../ports/store-leases.js'
import type { KnownBatches } from '../ports/store-sending.js'
import { frozenCopy } from './frozen-copy.js'
import { remoteKey } from './submission-table.js'
import type { Tables } from './tables.js'

/** See {@link SendingStore.recordScan}. */
export function recordScan(
  tables: Tables,
  params: Readonly<{
    fence: Fence
    submissionId: SubmissionId
    basedOnScans: number
    search: Search
    nextStepAt: EpochMs
    lost: Readonly<{ possiblyPaid: boolean }> | null
  }>,
): Submission {
  const submission = tables.submissions.need(params.submissionId)
  tables.checkFence(params.fence, submissionResource(submission.id))
  const isCurrent =
    submission.state === 'ambiguous' && submission.search.scans === params.basedOnScans
  if (!isCurrent) return submission
  const search = frozenCopy(params.search)
  const { nextStepAt, lost } = params
  if (lost === null) return tables.submissions.update(submission.id, { search, nextStepAt })
  assertSubmissionMove(submission.state, 'lost')
  const now = tables.now()
  return tables.submissions.update(submission.id, {
    search,
    state: 'lost',
    verdictAt: now,
    possiblyPaid: lost.possiblyPaid,
    holdNano: ZERO_USD,
    // Its members are let go at once.
    nextStepAt: now,
  })
}

/** See {@link SendingStore.recordPoll}. */
export function recordPoll(
  tables: Tables,
  params: Readonly<{
    submissionId: SubmissionId
    askedAt: EpochMs
    batch: RemoteBatch
    nextStepAt: EpochMs
  }>,
): Submission {
  const submission = tables.submissions.need(params.submissionId)
  const batch = frozenCopy(params.batch)
  const changes = applyPoll(submission, { askedAt: params.askedAt, batch }, tables.now())
  if (changes === null) return submission
  if (changes.state !== undefined && changes.state !== submission.state) {
    assertSubmissionMove(submission.state, changes.state)
  }
  const { nextStepAt } = params
  return tables.submissions.update(submission.id, { ...changes, nextStepAt })
}

/** See {@link SendingStore.noteSubmission}. */
export function noteSubmission(
  tables: Tables,
  params: Readonly<{
    fence: Fence
    submissionId: SubmissionId
    nextStepAt: EpochMs
    collecting?: Submission['collecting'] | undefined
  }>,
): Submission {
  const submission = tables.submissions.need(params.submissionId)
  tables.checkFence(params.fence, submissionResource(submission.id))
  if (submission.state === 'dissolved' || submission.state === 'collected') return submission
  const { nextStepAt } = params
  const collecting = frozenCopy(params.collecting ?? submission.collecting)
  return tables.submissions.update(submission.id, { nextStepAt, collecting })
}

/** See {@link SendingStore.markForeign}. */
export function markForeign(
  tables: Tables,
  params: Readonly<{ account: AccountId; remoteIds: readonly RemoteId[] }>,
): { readonly marked: number } {
  tables.checkPage(params.remoteIds)
  const before = tables.foreign.size
  for (const remoteId of params.remoteIds) {
    if (tables.submissions.byRemoteId(params.account, remoteId) !== undefined) continue
    tables.foreign.add(remoteKey(params.account, remoteId))
  }
  return { marked: tables.foreign.size - before }
}

/** See {@link SendingStore.knownBatches}. */
export function knownBatches(
  tables: Tables,
  params: Readonly<{ account: AccountId; remoteIds: readonly RemoteId[] }>,
): KnownBatches {
  tables.checkPage(params.remoteIds)
  const { account, remoteIds } = params
  return {
    ours: new Set(
      remoteIds.filter((id) => tables.submissions.byRemoteId(account, id) !== undefined),
    ),
    foreign: new Set(remoteIds.filter((id) => tables.foreign.has(remoteKey(account, id)))),
  }
}

/** See {@link SendingStore.listSubmissions}. */
export function listSubmissions(
  tables: Tables,
  params: Readonly<{
    account: AccountId | null
    states: readonly SubmissionState[] | null
    sentSince?: EpochMs | undefined
    afterId: number
    limit: number
  }>,
): readonly Submission[] {
  const limit = tables.pageOf(params.limit)
  const page: Submission[] = []
  for (const submission of tables.submissions.all()) {
    if (page.length >= limit) break
    if (submission.id > params.afterId && isListed(submission, params)) page.push(submission)
  }
  return page
}

function isListed(
  submission: Submission,
  params: Readonly<{
    account: AccountId | null
    states: readonly SubmissionState[] | null
    sentSince?: EpochMs | undefined
  }>,
): boolean {
  const { account, states, sentSince } = params
  if (account !== null && submission.account !== account) return false
  if (states !== null && !states.includes(submission.state)) return false
  if (sentSince === undefined) return true
  return submission.sendStartedAt !== null && submission.sendStartedAt >= sentSince
}
