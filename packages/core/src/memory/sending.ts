import { blobPiecesOf } from '../model/blob.js'
import type { ProjectId, SubmissionId } from '../model/ids.js'
import { submissionResource } from '../model/resource.js'
import {
  isSendingStopped,
  pauseSettings,
  RECOVERY_SETTING,
  type Recovery,
} from '../model/setting-documents.js'
import type { Look, Submission } from '../model/submission.js'
import { sendHoldOf } from '../policy/pausing.js'
import { assertSubmissionMove } from '../policy/transition.js'
import type { Fence } from '../ports/store-leases.js'
import type { BeginSendResult, MemberBody, ReadMembersParams } from '../ports/store-sending.js'
import { blobKey } from './byte-table.js'
import { frozenCopy } from './frozen-copy.js'
import { dissolveEmpty } from './planning.js'
import { readSetting } from './settings.js'
import type { Tables } from './tables.js'

/** See {@link SendingStore.beginSend}. */
export function beginSend(
  tables: Tables,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId; look: Look; sendMs: number }>,
): BeginSendResult {
  const submission = tables.submissions.need(params.submissionId)
  tables.checkFence(params.fence, submissionResource(submission.id))
  if (submission.state !== 'sealed') return { type: 'refused', reason: 'state', until: null }
  if (submission.requestCount === 0) {
    dissolveEmpty(tables, submission)
    return { type: 'dissolved' }
  }
  const refusal = refusalOf(tables, submission)
  if (refusal !== null) return refusal
  assertSubmissionMove(submission.state, 'sending')
  const now = tables.now()
  const sendNotAfterAt = now + params.sendMs
  const sending = tables.submissions.update(submission.id, {
    state: 'sending',
    look: frozenCopy(params.look),
    sendStartedAt: now,
    sendNotAfterAt,
    // Whoever sends it says what became of it; if nobody has by then, somebody must look.
    nextStepAt: sendNotAfterAt,
  })
  return { type: 'sending', submission: sending }
}

function refusalOf(tables: Tables, submission: Submission): BeginSendResult | null {
  const { id: submissionId, account, project, queue, lane } = submission
  const names = pauseSettings({ account, project, queue })
  const documents = {
    store: readSetting(tables, names.store)?.value ?? null,
    account: readSetting(tables, names.account)?.value ?? null,
    project: readSetting(tables, names.project)?.value ?? null,
    queue: readSetting(tables, names.queue)?.value ?? null,
  }
  const hold = sendHoldOf(documents, { lane, submissionId }, tables.now())
  if (hold.type === 'held') return { type: 'refused', reason: 'paused', until: hold.until }
  const recovery = (readSetting(tables, RECOVERY_SETTING)?.value ?? null) as Recovery | null
  if (isSendingStopped(recovery)) {
    return { type: 'refused', reason: 'recovery', until: null }
  }
  for (const id of tables.submissions.reclaiming) {
    const reclaiming = tables.submissions.need(id)
    if (reclaiming.project === project && reclaiming.queue === queue) {
      return { type: 'refused', reason: 'reclaim', until: null }
    }
  }
  return null
}

/** See {@link SendingStore.readMembers}. */
export function readMembers(tables: Tables, params: ReadMembersParams): readonly MemberBody[] {
  const limit = tables.pageOf(params.limit)
  const attempts = tables.attempts.ofSubmission(params.submissionId)
  const page: MemberBody[] = []
  for (let ordinal = params.after + 1; ordinal < attempts.length; ordinal += 1) {
    if (page.length >= limit) break
    const attempt = attempts[ordinal]
    if (attempt === undefined || attempt.withdrawn) continue
    const body = tables.bytes.bodies.get(attempt.bodyId)
    const isLookedAt = attempt.number > 1 || (body?.blobKeys.length ?? 0) > 0
    if (params.withFiles === true && !isLookedAt) continue
    const prefix = tables.bytes.prefixes.get(body?.prefixId ?? 0)
    page.push({
      ordinal,
      requestId: attempt.requestId,
      prefix: prefix?.bytes.slice() ?? null,
      body: body?.bytes.slice() ?? new Uint8Array(),
    })
  }
  return page
}

/** See {@link SendingStore.readBlob}. */
export function readBlob(
  tables: Tables,
  { project, hash, piece }: Readonly<{ project: ProjectId; hash: Uint8Array; piece: number }>,
): Uint8Array | null {
  const bytes = tables.bytes.blobs.get(blobKey(project, hash)) ?? new Uint8Array()
  return blobPiecesOf(bytes)[piece]?.slice() ?? null
}
