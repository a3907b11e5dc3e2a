import type { AccountId, Nonce } from '../model/ids.js'
import { DEFAULT_PROJECT } from '../model/ids.js'
import { laneKey } from '../model/lane.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import {
  type AwaitedBatch,
  isSendingStopped,
  RECOVERY_SETTING,
  type Recovery,
} from '../model/setting-documents.js'
import { stillAwaited } from '../policy/awaited-batches.js'
import { isImported } from '../policy/evidence.js'
import { decideUnknown, isTakenIn, recoveryAfter, recoveryEndsBy } from '../policy/recovery.js'
import type { ImportHome } from '../ports/store-sending.js'
import { alarm, type EngineContext, tell, tellSubmission } from './context.js'
import { oldestRequest, type UnknownBatch } from './oldest-request.js'
import { everySubmission } from './submissions.js'
import type { IdentifiedSurvey } from './survey.js'
import { tellTwin } from './tell-evidence.js'

/** Where requests go that a restored store has lost: a job of their own, under their custom ids. */
export const RECOVERED_HOME: ImportHome = {
  project: DEFAULT_PROJECT,
  queue: 'recovered' as ImportHome['queue'],
  job: 'recovered-batches',
  lane: laneKey({}),
}

/** What is known of a recovery; null when the store was never found to be restored. */
export async function loadRecovery(
  context: Pick<EngineContext, 'store'>,
): Promise<{ readonly recovery: Recovery | null; readonly version: number | null }> {
  const setting = await context.store.getSetting(RECOVERY_SETTING)
  const recovery = (setting?.value ?? null) as Recovery | null
  return { recovery, version: setting?.version ?? null }
}

/** Takes an unknown batch of ours in, or stops sending until somebody recovers. */
export async function meetUnknown(
  context: EngineContext,
  account: AccountId,
  unknown: UnknownBatch,
): Promise<void> {
  const { recovery, version } = await loadRecovery(context)
  if (decideUnknown(recovery, unknown.batch) === 'stop') {
    return await stopSending(context, unknown.batch, { recovery, version })
  }
  const { batch, nonce, workspaceId } = unknown
  const storeAt = await context.store.now()
  const isSecond = await hasBatch(context, account, nonce)
  const { submission } = await context.store.importSubmission({
    account,
    batch,
    nonce,
    look: { newestId: null, serverAt: batch.createdAt, storeAt, workspaceId },
    firstRequestId: await oldestRequest(context, account, unknown),
    home: RECOVERED_HOME,
    lines: [],
  })
  tellSubmission(context, submission)
  if (isSecond) tellTwin(context, submission.id, batch.id)
}

// Whether another batch of the same send is known. The submission that bears the nonce may have sent nothing, as far as the
// backup knows, and then both are its twins.
async function hasBatch(
  context: EngineContext,
  account: AccountId,
  nonce: Nonce,
): Promise<boolean> {
  const states = ['in_progress', 'canceling', 'ended', 'collected'] as const
  const known = await everySubmission(context, { account, states })
  return known.some((each) => each.nonce === nonce)
}

// The store is older than the batch, so it was restored from a backup, and sending on would repeat what the lost part
// of its life has sent.
async function stopSending(
  context: EngineContext,
  batch: RemoteBatch,
  { recovery, version }: Awaited<ReturnType<typeof loadRecovery>>,
): Promise<void> {
  if (!isSendingStopped(recovery)) {
    const { batches } = recovery ?? {}
    const value: Recovery = { since: await context.store.now(), remoteId: batch.id, batches }
    await context.store.putSetting({ ...RECOVERY_SETTING, value, ifVersion: version })
  }
  context.memory.isSendingStopped = true
  alarm(context, {
    code: 'store_restored',
    message: `Batch ${batch.id} was made with this store's key and the store does not know it: the store was restored from a backup. Sending is stopped until halfrate recover has taken in what is missing.`,
    remoteId: batch.id,
  })
}

/**
 * Begins to take in what a restored store has lost; a store that nobody found out about counts as restored from now on.
 * Answers what is known; one that goes on already is left as it is.
 */
export async function beginRecovery(context: Pick<EngineContext, 'store'>): Promise<Recovery> {
  for (;;) {
    const { recovery, version } = await loadRecovery(context)
    if (recovery !== null && isUnderWay(recovery)) return recovery
    const now = await context.store.now()
    const { batches } = recovery ?? {}
    const stopped = isSendingStopped(recovery) ? recovery : null
    const value: Recovery = {
      ...{ since: now, remoteId: null, ...(batches === undefined ? {} : { batches }) },
      ...stopped,
      begunAt: now,
    }
    const put = await context.store.putSetting({ ...RECOVERY_SETTING, value, ifVersion: version })
    if (put !== null) return value
  }
}

/** Whether somebody has begun a recovery that has not ended. */
export function isUnderWay(recovery: Recovery | null): boolean {
  return isSendingStopped(recovery) && recovery?.begunAt !== undefined
}

/** Notes what a whole look has shown while a recovery goes on, and allows sending when it is over. */
export async function goOnRecovering(
  context: EngineContext,
  account: AccountId,
  found: IdentifiedSurvey,
): Promise<void> {
  const { store, settings } = context
  const { recovery, version } = await loadRecovery(context)
  if (recovery === null || !isSendingStopped(recovery)) return
  const { survey, unidentified, unreadable } = found
  const { imported, unfinished } = await countImported(context, account, recovery)
  const serverAt = survey.serverAt ?? survey.startedAt
  const facts = { survey, serverAt, unidentified, unreadable, imported, unfinished }
  const after = recoveryAfter(recovery, facts, settings)
  const put = await store.putSetting({ ...RECOVERY_SETTING, value: after, ifVersion: version })
  if (put === null) return
  context.memory.isSendingStopped = isSendingStopped(after)
  for (const batch of newlyAside(recovery.batches ?? [], after.batches ?? [])) {
    tellAside(context, batch)
  }
  if (progressOf(after) !== progressOf(recovery)) tellProgress(context, account, after, unfinished)
}

async function countImported(
  context: EngineContext,
  account: AccountId,
  { begunAt = 0 }: Recovery,
): Promise<{ readonly imported: number; readonly unfinished: number }> {
  const { store, settings } = context
  const states = ['ended', 'collected'] as const
  const all = await everySubmission(context, { account, states })
  const ours = all.filter(
    (each) => isImported(each) && each.look !== null && each.openedAt >= begunAt,
  )
  const now = await store.now()
  let unfinished = 0
  for (const submission of ours) {
    const { total } = await store.countAttempts({ submissionId: submission.id })
    if (!isTakenIn(submission, total, settings, now)) unfinished += 1
  }
  return { imported: ours.length, unfinished }
}

// What a person would want to hear about when it changes.
function progressOf({ batches, imported, endedAt }: Recovery): string {
  const awaited = batches === undefined ? null : stillAwaited(batches).length
  return JSON.stringify([awaited, imported, endedAt])
}

function tellProgress(
  context: EngineContext,
  account: AccountId,
  recovery: Recovery,
  unfinished: number,
): void {
  tell(context, {
    type: 'recovering',
    account,
    batches: stillAwaited(recovery.batches ?? []).length,
    unfinished,
    imported: recovery.imported ?? 0,
    until: recoveryEndsBy(recovery, context.settings),
    isOver: !isSendingStopped(recovery),
  })
}

function newlyAside(
  before: readonly AwaitedBatch[],
  after: readonly AwaitedBatch[],
): readonly AwaitedBatch[] {
  const known = new Set(before.filter(({ vanished }) => vanished).map(({ remoteId }) => remoteId))
  return after.filter(({ remoteId, vanished }) => vanished && !known.has(remoteId))
}

function tellAside(context: EngineContext, { remoteId }: AwaitedBatch): void {
  alarm(context, {
    code: 'vanished_batch',
    message: `Batch ${remoteId} can't be read, so it is not known whether it is of this store. It is set aside and tried again every day; if it was ours, what it holds may be paid a second time.`,
    remoteId,
  })
}
