import type { AccountId } from '../model/ids.js'
import { type AbsenceWait, type AwaitedBatch, absenceSetting } from '../model/setting-documents.js'
import type { EpochMs } from '../model/time.js'
import {
  absenceEndsBy,
  awaitedAfter,
  isAbsenceOver,
  stillAwaited,
} from '../policy/awaited-batches.js'
import { alarm, type EngineContext, tell } from './context.js'
import type { IdentifiedSurvey } from './survey.js'

/** Until when a wait lasts at least, and which batches it is about. Fixed when a worker starts. */
export interface AbsenceWindow {
  readonly since: EpochMs
  readonly upTo: EpochMs
  readonly notBefore: EpochMs
}

/**
 * The window of a worker that starts now. What was sent just before the absence ended may be accepted, or missing from
 * the list, for as long as the settle window.
 */
export function absenceWindow(
  context: EngineContext,
  since: EpochMs,
  { survey }: IdentifiedSurvey,
): AbsenceWindow {
  const { settleMs } = context.settings
  const upTo = (survey.serverAt ?? survey.startedAt) + settleMs
  return { since, upTo, notBefore: survey.startedAt + settleMs }
}

/** Notes what a whole look has shown. Answers whether sending may begin. */
export async function waitAfterAbsence(
  context: EngineContext,
  account: AccountId,
  window: AbsenceWindow,
  { survey, unidentified, unreadable }: IdentifiedSurvey,
): Promise<boolean> {
  const { store, settings } = context
  const setting = await store.getSetting(absenceSetting(account))
  const old = (setting?.value ?? null) as AbsenceWait | null
  const before = old?.since === window.since ? old.batches : []
  const facts = { before, survey, unidentified, unreadable, upTo: window.upTo }
  const batches = awaitedAfter(facts, settings)
  const wait: AbsenceWait = { ...window, lookedAt: survey.startedAt, batches }
  const isOver = isAbsenceOver(wait)
  const value = isOver ? null : wait
  await store.putSetting({
    ...absenceSetting(account),
    value,
    ifVersion: setting?.version ?? null,
  })
  for (const batch of vanishedSince(before, batches)) tellVanished(context, batch)
  const count = stillAwaited(batches).length
  if (!isOver && (old === null || count !== stillAwaited(before).length)) {
    const until = absenceEndsBy(wait)
    tell(context, { type: 'waiting_after_absence', account, batches: count, until })
  }
  return isOver
}

/** Forgets a wait that an earlier worker began: this one was told to send. */
export async function endAbsenceWait(context: EngineContext, account: AccountId): Promise<void> {
  const { store } = context
  const name = absenceSetting(account)
  const setting = await store.getSetting(name)
  if (setting === null || setting.value === null) return
  await store.putSetting({ ...name, value: null, ifVersion: setting.version })
}

function vanishedSince(
  before: readonly AwaitedBatch[],
  batches: readonly AwaitedBatch[],
): readonly AwaitedBatch[] {
  const known = new Set(before.filter(({ vanished }) => vanished).map(({ remoteId }) => remoteId))
  return batches.filter(({ remoteId, vanished }) => vanished && !known.has(remoteId))
}

function tellVanished(context: EngineContext, { remoteId }: AwaitedBatch): void {
  alarm(context, {
    code: 'vanished_batch',
    message: `Batch ${remoteId} was made while nobody worked, and it can't be read. If it was ours, what it holds may be paid a second time. Sending no longer waits for it.`,
    remoteId,
  })
}
