import type { AccountId, RemoteId } from '../model/ids.js'
import type { ProviderError } from '../model/provider-error.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import { isMissingForGood, nextFetchAt } from '../policy/collecting.js'
import { classifyCallFailure } from '../policy/retry/call-failure.js'
import { nextPollAt } from '../policy/schedule.js'
import { admitCall, noteCall, noteRoom } from './call-health.js'
import { cancelIfUnwanted } from './cancel-batch.js'
import { alarm, type EngineContext, tellSubmission, unlessLeaseLost } from './context.js'
import { findInList } from './find-in-list.js'
import type { HeldLease } from './held-lease.js'
import { noteGoodNews, noteRefusedRead } from './pauses.js'
import { rescueSent } from './rescue-sent.js'
import { surveyList } from './survey.js'

/** A batch at the provider, and the right to decide when it is looked at again. */
export interface PolledSubmission {
  readonly submission: Submission
  readonly lease: HeldLease
}

/**
 * Asks how batches are doing. Several of one account are read from the list, which answers for many in one call;
 * what the list does not show, and a single one, is asked for by its id.
 */
export async function pollBatches(
  context: EngineContext,
  account: AccountId,
  polled: readonly PolledSubmission[],
): Promise<void> {
  const isTogether = polled.length > 1
  const until = isTogether ? await admitList(context, account, polled) : null
  if (until !== null) {
    await putOff(context, polled, until)
    return await rescueLate(context, polled)
  }
  const listed = isTogether ? await readList(context, account, polled) : null
  const refusal = listed?.error ?? null
  if (listed !== null) await noteRead(context, account, { operation: 'list', ...listed })
  for (const each of polled) {
    const batch = listed?.batches.get(each.submission.remoteId as RemoteId)
    await unlessLeaseLost(async () => {
      await each.lease.keep()
      // Who is asked to come back later does not ask forty times in another way.
      if (batch === undefined && isToWait(refusal)) await noteFailure(context, each, refusal)
      else if (batch !== undefined && listed !== null)
        await record(context, each, batch, listed.askedAt)
      else await pollOne(context, each, isRetry(each) && (listed === null || refusal !== null))
    })
  }
  await rescueLate(context, polled)
}

// However the provider answered: what is late is late.
async function rescueLate(
  context: EngineContext,
  polled: readonly PolledSubmission[],
): Promise<void> {
  for (const each of polled) await unlessLeaseLost(() => rescueSent(context, each))
}

async function readList(
  context: EngineContext,
  account: AccountId,
  polled: readonly PolledSubmission[],
): Promise<{
  readonly askedAt: EpochMs
  readonly batches: ReadonlyMap<RemoteId, RemoteBatch>
  readonly error: ProviderError | null
}> {
  const created = polled.map(({ submission }) => submission.remoteCreatedAt ?? 0)
  const survey = await surveyList(context, { account, floorAt: Math.min(...created) })
  return {
    askedAt: survey.startedAt,
    batches: new Map(survey.batches.map((batch) => [batch.id, batch])),
    error: survey.error,
  }
}

async function admitList(
  context: EngineContext,
  account: AccountId,
  polled: readonly PolledSubmission[],
): Promise<EpochMs | null> {
  return await admitCall(context, account, { operation: 'list', isRetry: polled.some(isRetry) })
}

async function putOff(
  { store }: EngineContext,
  polled: readonly PolledSubmission[],
  nextStepAt: EpochMs,
): Promise<void> {
  for (const { submission, lease } of polled) {
    const { id: submissionId } = submission
    await unlessLeaseLost(async () => {
      await store.noteSubmission({ fence: lease.fence, submissionId, nextStepAt })
    })
  }
}

// What an answer says about the account: that its calls fail or are refused, or that they are taken again.
async function noteRead(
  context: EngineContext,
  account: AccountId,
  call: {
    readonly operation: 'list' | 'retrieve'
    readonly askedAt: EpochMs
    readonly error: ProviderError | null
  },
): Promise<void> {
  const { askedAt, error } = call
  await noteCall(context, account, call)
  if (error === null) await noteGoodNews(context, account, { by: 'read', lane: null, askedAt })
  else await noteRefusedRead(context, account, error)
}

function isToWait(error: ProviderError | null): error is ProviderError {
  if (error === null) return false
  const { kind } = classifyCallFailure(error, { failures: 0, jitter: 0 })
  return kind === 'asked' || kind === 'account'
}

function isRetry({ submission }: PolledSubmission): boolean {
  return submission.collecting.failedFetches > 0
}

// What failed before is asked again once a round: when the list did so and was answered, asking by id is no further repeat.
// Otherwise the list would use up what may be repeated each time, and nobody would ever ask by id.
async function pollOne(
  context: EngineContext,
  polled: PolledSubmission,
  isRepeat: boolean,
): Promise<void> {
  const { submission } = polled
  const { store } = context
  const remoteId = submission.remoteId as RemoteId
  const operation = 'retrieve'
  const until = await admitCall(context, submission.account, { operation, isRetry: isRepeat })
  if (until !== null) return await putOff(context, [polled], until)
  const askedAt = await store.now()
  const answer = await context.transport.retrieve({
    account: submission.account,
    remoteId,
    signal: context.signal,
  })
  const error = answer.type === 'failed' ? answer.error : null
  await noteRead(context, submission.account, { operation, askedAt, error })
  if (answer.type === 'batch') return await record(context, polled, answer.batch, askedAt)
  if (answer.type === 'not_found') return await recordMissing(context, polled, await store.now())
  await noteFailure(context, polled, answer.error)
}

async function noteFailure(
  context: EngineContext,
  { submission, lease }: PolledSubmission,
  error: ProviderError,
): Promise<void> {
  const { store, settings } = context
  const now = await store.now()
  const failure = { failures: submission.collecting.failedFetches, jitter: context.random.next() }
  const wait = classifyCallFailure(error, failure)
  await store.noteSubmission({
    fence: lease.fence,
    submissionId: submission.id,
    nextStepAt: now + Math.max(wait.retryInMs, settings.pollMinMs),
    collecting: {
      ...submission.collecting,
      failedFetches: submission.collecting.failedFetches + 1,
    },
  })
}

async function record(
  context: EngineContext,
  { submission, lease }: PolledSubmission,
  batch: RemoteBatch,
  askedAt: EpochMs,
): Promise<void> {
  const { store, settings } = context
  const now = await store.now()
  const startedAt = submission.sendStartedAt ?? now
  const nextStepAt =
    batch.status === 'ended'
      ? now
      : nextPollAt({ startedAt, jitter: context.random.next() }, settings, now)
  const { collecting } = submission
  if (collecting.missingAnswers > 0 || collecting.failedFetches > 0) {
    const healed = { ...collecting, missingAnswers: 0, firstMissingAt: null, failedFetches: 0 }
    const { fence } = lease
    await store.noteSubmission({
      fence,
      submissionId: submission.id,
      nextStepAt,
      collecting: healed,
    })
  }
  const after = await store.recordPoll({ submissionId: submission.id, askedAt, batch, nextStepAt })
  if (after.state === 'ended') await noteRoom(context, submission.account)
  if (after.state !== submission.state) return tellSubmission(context, after)
  await cancelIfUnwanted(context, after)
  // An answer that is behind what is known changes nothing, so it would be due again at once.
  if (after.nextStepAt !== nextStepAt) {
    await store.noteSubmission({ fence: lease.fence, submissionId: submission.id, nextStepAt })
  }
}

// Users see 404s that heal, so only six hours of them in six tries count as deleted, and only when the list lacks the
// batch too. A deleted batch is taken as ended with counts that prove nothing, and what was paid for it can't be known.
async function recordMissing(
  context: EngineContext,
  polled: PolledSubmission,
  now: EpochMs,
): Promise<void> {
  const { store, settings } = context
  const { submission, lease } = polled
  const old = submission.collecting
  const collecting = {
    ...old,
    missingAnswers: old.missingAnswers + 1,
    firstMissingAt: old.firstMissingAt ?? now,
  }
  const nextStepAt = nextFetchAt(
    { collecting, live: 1, jitter: context.random.next() },
    settings,
    now,
  )
  const { fence } = lease
  await store.noteSubmission({ fence, submissionId: submission.id, nextStepAt, collecting })
  if (!isMissingForGood(collecting, settings, now)) return
  const found = await findInList(context, submission)
  if (found.type === 'listed') return await record(context, polled, found.batch, found.askedAt)
  if (found.type === 'unknown') return
  const after = await store.recordPoll({
    submissionId: submission.id,
    askedAt: now,
    batch: goneBatch(submission),
    nextStepAt: now,
  })
  tellSubmission(context, after)
  alarm(context, {
    code: 'vanished_batch',
    message: `Batch ${submission.remoteId} has not been there for hours: it was deleted before its results were read.`,
    submissionId: submission.id,
    remoteId: submission.remoteId,
  })
}

function goneBatch(submission: Submission): RemoteBatch {
  const unknown = {
    processing: submission.requestCount,
    succeeded: 0,
    errored: 0,
    canceled: 0,
    expired: 0,
  }
  return {
    id: submission.remoteId as RemoteId,
    status: 'ended',
    counts: unknown,
    createdAt: submission.remoteCreatedAt ?? submission.sendStartedAt ?? 0,
    expiresAt: submission.remoteExpiresAt ?? 0,
    endedAt: null,
    cancelInitiatedAt: null,
    archivedAt: null,
  }
}
