import type { ProviderError } from '../model/provider-error.js'
import type { Look, Submission } from '../model/submission.js'
import { MINUTE_MS } from '../model/time.js'
import type { Sealing } from '../policy/custom-id.js'
import { classifyCallFailure } from '../policy/retry/call-failure.js'
import { routeOf } from '../policy/routing/route-of.js'
import { sendMsOf } from '../policy/schedule.js'
import { contentLengthOf } from '../policy/wire-size.js'
import type { CreateResult } from '../ports/transport.js'
import { admitByIncident, admitSend } from './admit.js'
import { createBody } from './body.js'
import { admitCall, noteCall, speedUp } from './call-health.js'
import { type EngineContext, tellSubmission } from './context.js'
import type { HeldLease } from './held-lease.js'
import { noteBadBatch } from './isolate.js'
import { noteRefusal } from './note-refusal.js'
import { noteGoodNews, noteRefusedRead } from './pauses.js'
import { noteTaken, uncountBatch } from './poison-state.js'
import { recordForSure } from './record-for-sure.js'
import { sendCall } from './send-call.js'
import { withoutDamaged } from './without-damaged.js'
import { rememberWorkspace } from './workspace.js'

/**
 * Sends a sealed submission once: look, intent, the bytes, what became of them. Architecture 6, steps 2 to 5.
 *
 * A crash anywhere after the intent leaves it `sending`, and its next holder treats the send as lost.
 */
export async function sendSubmission(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<void> {
  const { store, settings } = context
  const note = (nextStepAt: number): Promise<Submission> =>
    store.noteSubmission({ fence: lease.fence, submissionId: submission.id, nextStepAt })
  if (!context.memory.maySend) {
    await note((await store.now()) + settings.idleMs)
    return
  }
  if (!(await admitSend(context, lease, submission))) return
  const whole = await withoutDamaged(context, lease, submission)
  if (whole === null) return
  if (routeOf(whole).route === 'realtime') await sendCall(context, lease, whole)
  else await lookAndSend(context, lease, whole, note)
}

async function lookAndSend(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
  note: (nextStepAt: number) => Promise<Submission>,
): Promise<void> {
  const { store, settings } = context
  const { account, collecting } = submission
  const isRetry = collecting.failedFetches > 0
  const until = await admitCall(context, account, { operation: 'list', isRetry })
  if (until !== null) {
    await note(until)
    return
  }
  const look = await lookAtProvider(context, submission)
  const lookError = look.type === 'failed' ? look.error : null
  await noteCall(context, account, { operation: 'list', error: lookError })
  if (look.type === 'failed') {
    await noteRefusedRead(context, submission.account, look.error)
    await noteFailedLook(context, lease, submission, look.error)
    return
  }
  const askedAt = look.look.storeAt
  await noteGoodNews(context, submission.account, { by: 'read', lane: null, askedAt })
  if (!(await admitByIncident(context, lease, submission))) return
  const contentLength = contentLengthOf(submission.itemsBytes, submission.requestCount)
  const sendMs = sendMsOf(contentLength, settings)
  await lease.extend(sendMs + settings.leaseMs)
  // Taken before the store reads its clock, so this deadline can only be earlier than the one that is stored.
  const deadline = deadlineAfter(context, sendMs)
  const begun = await store.beginSend({
    fence: lease.fence,
    submissionId: submission.id,
    look: look.look,
    sendMs,
  })
  if (begun.type === 'refused') {
    const until = begun.until ?? (await store.now()) + MINUTE_MS
    if (begun.reason !== 'state') await note(until)
    return
  }
  if (begun.type === 'dissolved') return await uncountBatch(context, submission)
  tellSubmission(context, begun.submission)
  const evidence = await post(context, begun.submission, look.look, deadline)
  if (evidence.type === 'refused' || evidence.type === 'not_sent') context.memory.refusedInARow += 1
  const after = await recordForSure(context, begun.submission, evidence)
  await noteAnswer(context, begun.submission, { evidence, after, look: look.look })
}

// What it says about the account, the lane and the provider.
async function noteAnswer(
  context: EngineContext,
  submission: Submission,
  answer: {
    readonly evidence: CreateResult
    readonly after: Submission | null
    readonly look: Look
  },
): Promise<void> {
  const { evidence, after, look } = answer
  const isBad =
    evidence.type === 'refused' &&
    after?.state === 'rejected' &&
    (await noteRefusedSend(context, after, evidence.error))
  if (!isBad && evidence.type !== 'accepted') await uncountBatch(context, submission)
  const error = evidence.type === 'accepted' ? null : evidence.error
  await noteCall(context, submission.account, { operation: 'create', error })
  if (evidence.type === 'accepted') await noteAccepted(context, submission, look)
}

// Answers whether it was refused for what stands in it, as far as is known yet.
async function noteRefusedSend(
  context: EngineContext,
  submission: Submission,
  error: ProviderError,
): Promise<boolean> {
  const { members } = await noteRefusal(context, submission, error)
  if (members !== 'isolate') return false
  await noteBadBatch(context, submission, error)
  return true
}

// What is lost of it by a crash is told by the next batch that is taken.
async function noteAccepted(
  context: EngineContext,
  submission: Submission,
  { workspaceId }: Look,
): Promise<void> {
  context.memory.refusedInARow = 0
  const { account, lane, sendStartedAt } = submission
  const begunAt = sendStartedAt ?? 0
  await noteGoodNews(context, account, { by: 'send', lane, askedAt: begunAt })
  await noteTaken(context, submission, begunAt)
  await speedUp(context, account)
  await rememberWorkspace(context, account, workspaceId)
}

async function noteFailedLook(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
  error: ProviderError,
): Promise<void> {
  const { collecting } = submission
  const facts = { failures: collecting.failedFetches, jitter: context.random.next() }
  const now = await context.store.now()
  await context.store.noteSubmission({
    fence: lease.fence,
    submissionId: submission.id,
    nextStepAt: now + classifyCallFailure(error, facts).retryInMs,
    collecting: { ...collecting, failedFetches: collecting.failedFetches + 1 },
  })
}

async function lookAtProvider(
  context: EngineContext,
  submission: Submission,
): Promise<
  | { readonly type: 'seen'; readonly look: Look }
  | { readonly type: 'failed'; readonly error: ProviderError }
> {
  const { account } = submission
  // Read before the call, so that whatever passes between the two clocks makes the window in which a batch can have
  // come about longer, never shorter.
  const storeAt = await context.store.now()
  const page = await context.transport.snapshot({ account, signal: context.signal })
  if (page.type === 'failed') return page
  const { serverAt, workspaceId } = page
  return {
    type: 'seen',
    look: { newestId: page.batches[0]?.id ?? null, serverAt, storeAt, workspaceId },
  }
}

interface Deadline {
  readonly isOver: () => boolean
}

// By both clocks: the monotonic one can't be set back, but it stands still while the machine sleeps, and others don't.
function deadlineAfter({ clock }: EngineContext, ms: number): Deadline {
  const atMs = clock.monotonicMs() + ms
  const at = clock.now() + ms
  return { isOver: () => clock.monotonicMs() >= atMs || clock.now() >= at }
}

async function post(
  context: EngineContext,
  submission: Submission,
  look: Look,
  deadline: Deadline,
): Promise<CreateResult> {
  const sealing: Sealing = {
    hmac: (key, message) => context.digest.hmacSha256(key, message),
    keys: context.memory.sealingKeys,
    workspaceId: look.workspaceId,
  }
  return await context.transport.createBatch({
    account: submission.account,
    lane: submission.lane,
    nonce: submission.nonce,
    requestCount: submission.requestCount,
    contentLength: contentLengthOf(submission.itemsBytes, submission.requestCount),
    ...createBody({
      store: context.store,
      submission,
      sealing,
      onBadFile: () => context.memory.wholeFiles.doubt(),
    }),
    mayContinue: () => !deadline.isOver() && !context.signal.aborted,
    signal: context.signal,
  })
}
