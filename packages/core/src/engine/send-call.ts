import { StoreUnavailableError } from '../errors.js'
import type { RemoteId } from '../model/ids.js'
import type { OutcomeCounts } from '../model/outcome.js'
import type { ProviderError } from '../model/provider-error.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import type { Submission } from '../model/submission.js'
import { DAY_MS, type EpochMs, MINUTE_MS } from '../model/time.js'
import { messageLine, refusedLine } from '../policy/routing/answer-line.js'
import { isAboutRequest } from '../policy/routing/call-refusal.js'
import { callMsOf } from '../policy/routing/call-time.js'
import type { SettleResult } from '../ports/store-collecting.js'
import type { MessageResult } from '../ports/transport.js'
import { type CallBody, readCallBody } from './call-body.js'
import { admitCall, noteCall } from './call-health.js'
import { admitMessage, noteMessage } from './call-slots.js'
import { describeError, type EngineContext, tell, tellSubmission } from './context.js'
import type { HeldLease } from './held-lease.js'
import { keepAside, refusedLines } from './keep-aside.js'
import { noteRefusedCall } from './note-refused-call.js'
import { noteGoodNews } from './pauses.js'
import { readPolicy } from './policies.js'
import { isBookable, LineReader } from './read-lines.js'
import { recordForSure } from './record-for-sure.js'

const STORE_RETRY_MS = 1_000

/**
 * Has the one request of a sealed submission answered in real time: intent, one call, its answer in one write, what became of it.
 *
 * A crash anywhere after the intent leaves it `sending`, and once its time is over the call counts as lost. An answer is booked
 * before it is noted that there is one, so a crash between the two is made good from what is booked.
 */
export async function sendCall(
  context: EngineContext,
  lease: HeldLease,
  submission: Submission,
): Promise<void> {
  const { store } = context
  const note = async (nextStepAt: number): Promise<void> => {
    await store.noteSubmission({ fence: lease.fence, submissionId: submission.id, nextStepAt })
  }
  const { account } = submission
  const gateAt = await admitCall(context, account, { operation: 'message', isRetry: false })
  if (gateAt !== null) return await note(gateAt)
  const body = await readBody(context, submission)
  const callMs = callMsOf(body?.maxTokens ?? 0)
  const slotAt = await admitMessage(context, submission, callMs)
  // A call that ends makes room, and so does a wait that somebody lifts.
  if (slotAt !== null) return await note(Math.min(slotAt, (await store.now()) + MINUTE_MS))
  let answer: MessageResult | null = null
  try {
    const begun = await begin(context, lease, { submission, callMs, note })
    if (begun === null || body === null) return
    answer = await call(context, begun.submission, { body, callMs, isOver: begun.isOver })
    await bookAnswer(context, begun.submission, { answer, body })
  } finally {
    await noteMessage(context, submission, answer)
  }
}

async function readBody(context: EngineContext, submission: Submission): Promise<CallBody | null> {
  const { store, digest, memory } = context
  return await readCallBody({
    store,
    submission,
    sealing: {
      hmac: (key, message) => digest.hmacSha256(key, message),
      keys: memory.sealingKeys,
      workspaceId: null,
    },
    onBadFile: () => memory.wholeFiles.doubt(),
  })
}

interface Begun {
  readonly submission: Submission
  readonly isOver: () => boolean
}

// The intent, durable before the first byte. Null when it is not to be sent now.
async function begin(
  context: EngineContext,
  lease: HeldLease,
  of: {
    readonly submission: Submission
    readonly callMs: number
    readonly note: (nextStepAt: number) => Promise<void>
  },
): Promise<Begun | null> {
  const { store, clock, settings } = context
  const { submission, callMs, note } = of
  await lease.extend(callMs + settings.leaseMs)
  // Taken before the store reads its clock, so this deadline can only be earlier than the one that is stored.
  const atMs = clock.monotonicMs() + callMs
  const at = clock.now() + callMs
  const now = await store.now()
  const begun = await store.beginSend({
    fence: lease.fence,
    submissionId: submission.id,
    // No list is looked at: no list shows a call.
    look: { newestId: null, serverAt: now, storeAt: now, workspaceId: null },
    sendMs: callMs,
  })
  if (begun.type === 'refused' && begun.reason !== 'state') {
    await note(begun.until ?? now + MINUTE_MS)
  }
  if (begun.type !== 'sending') return null
  tellSubmission(context, begun.submission)
  const isOver = (): boolean => clock.monotonicMs() >= atMs || clock.now() >= at
  return { submission: begun.submission, isOver }
}

async function call(
  context: EngineContext,
  submission: Submission,
  of: { readonly body: CallBody; readonly callMs: number; readonly isOver: () => boolean },
): Promise<MessageResult> {
  const { account, lane, nonce } = submission
  return await context.transport.createMessage({
    ...{ account, lane, nonce },
    body: of.body.params,
    timeoutMs: of.callMs,
    mayContinue: () => !of.isOver() && !context.signal.aborted,
    signal: context.signal,
  })
}

async function bookAnswer(
  context: EngineContext,
  submission: Submission,
  of: { readonly answer: MessageResult; readonly body: CallBody },
): Promise<void> {
  const { answer, body } = of
  const { account, lane, sendStartedAt } = submission
  const error = answer.type === 'answered' ? null : answer.error
  switch (answer.type) {
    case 'answered': {
      const line = messageLine(body.customId, answer.message)
      const { serverAt } = answer
      if (!(await settleLine(context, submission, { line, serverAt })))
        await lose(context, submission, UNREADABLE)
      else await noteAnswered(context, submission, { counts: { succeeded: 1 }, serverAt })
      const askedAt = sendStartedAt ?? 0
      await noteGoodNews(context, account, { by: 'send', lane, askedAt })
      break
    }
    case 'refused':
      if (isAboutRequest(answer.error)) {
        const { serverAt } = answer
        const line = refusedLine(body.customId, answer.error)
        await settleLine(context, submission, { line, serverAt })
        await noteAnswered(context, submission, { counts: { errored: 1 }, serverAt })
      } else await refuse(context, submission, answer)
      break
    case 'not_sent':
      await refuse(context, submission, answer)
      break
    case 'ambiguous':
      await lose(context, submission, answer.error)
  }
  await noteCall(context, account, { operation: 'message', error })
  if (answer.type === 'answered') context.memory.refusedInARow = 0
}

const UNREADABLE: ProviderError = {
  status: 200,
  type: null,
  code: 'unreadable',
  message: 'The answer could not be booked; its bytes are kept aside.',
  requestId: null,
  retryAfterMs: null,
}

async function refuse(
  context: EngineContext,
  submission: Submission,
  { type, error }: Extract<MessageResult, { readonly type: 'refused' | 'not_sent' }>,
): Promise<void> {
  context.memory.refusedInARow += 1
  const after = await recordForSure(context, submission, { type, error })
  if (after?.state === 'rejected') await noteRefusedCall(context, after, error)
}

async function lose(
  context: EngineContext,
  submission: Submission,
  error: ProviderError,
): Promise<void> {
  await recordForSure(context, submission, { type: 'ambiguous', error })
}

/**
 * Notes that a call was answered, once its answer is booked. Whoever notes it, its sender or who finds it booked, names it alike, so
 * that it is never taken for two.
 */
export async function noteAnswered(
  context: EngineContext,
  submission: Submission,
  of: { readonly counts: Partial<OutcomeCounts>; readonly serverAt?: EpochMs },
): Promise<void> {
  const createdAt = of.serverAt ?? submission.sendStartedAt ?? (await context.store.now())
  const batch: RemoteBatch = {
    id: `call_${submission.nonce}` as RemoteId,
    status: 'ended',
    counts: { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0, ...of.counts },
    createdAt,
    expiresAt: createdAt + DAY_MS,
    endedAt: createdAt,
    cancelInitiatedAt: null,
    archivedAt: null,
  }
  await recordForSure(context, submission, { type: 'accepted', batch })
}

// Again and again while the store does not answer: an answer that was paid must not be lost while this process lives.
async function settleLine(
  context: EngineContext,
  submission: Submission,
  of: { readonly line: Uint8Array; readonly serverAt: EpochMs },
): Promise<boolean> {
  const policy = await untilStored(context, () =>
    readPolicy(context, submission.project, submission.queue),
  )
  const reader = new LineReader(context, {
    ...{ submission, policy },
    look: submission.look,
    // The provider's own clock, whose days its prices are of.
    pricedAt: of.serverAt,
  })
  const line = reader.read(of.line, 0)
  if (!isBookable(line)) {
    await untilStored(context, () => keepAside(context, submission, [line]))
    return false
  }
  const { id: submissionId } = submission
  const result = await untilStored(context, () =>
    context.store.settle({ submissionId, addMissing: false, lines: [line] }),
  )
  if (result.fresh > 0) {
    tell(context, { type: 'settled', submissionId, fresh: result.fresh, done: result.done })
  }
  return await isBooked(context, submission, { result, line })
}

async function isBooked(
  context: EngineContext,
  submission: Submission,
  of: { readonly result: SettleResult; readonly line: { readonly bytes: Uint8Array } },
): Promise<boolean> {
  const { unknown, conflicts } = of.result
  const page = [{ line: of.line, lineNumber: 0 }]
  const aside = [
    ...refusedLines(page, unknown, 'unknown_request'),
    ...refusedLines(page, conflicts, 'conflict'),
  ]
  if (aside.length > 0) await untilStored(context, () => keepAside(context, submission, aside))
  return aside.length === 0
}

async function untilStored<T>(context: EngineContext, write: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await write()
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || context.signal.aborted) throw error
      tell(context, { type: 'step_failed', step: 'book_answer', message: describeError(error) })
      await context.clock.sleep({ ms: STORE_RETRY_MS, signal: context.signal })
    }
  }
}
