import type { CallPace } from '../model/call-pace.js'
import type { AccountId } from '../model/ids.js'
import { callPaceSetting } from '../model/setting-documents.js'
import type { Submission } from '../model/submission.js'
import { type EpochMs, SECOND_MS } from '../model/time.js'
import {
  FREE_CALL_PACE,
  takeSlot,
  withLimits,
  withoutSlot,
  withWait,
} from '../policy/routing/call-pace.js'
import type { MessageResult } from '../ports/transport.js'
import type { EngineContext } from './context.js'

// Whoever loses so often against others is better off asking again in a moment.
const MOST_TRIES = 8
const LOOK_AGAIN_MS = SECOND_MS

/**
 * Asks whether a call may begin now, and counts it among those under way of all workers: null if so, else when to ask again.
 */
export async function admitMessage(
  context: EngineContext,
  { account, id: submissionId }: Submission,
  callMs: number,
): Promise<EpochMs | null> {
  let until: EpochMs | null = null
  const isWritten = await changePace(context, account, (pace, now) => {
    until = null
    const { callsAtOnce: most } = context.settings
    const answer = takeSlot(pace, { submissionId, until: now + callMs, most }, now)
    if (answer.type === 'begin') return answer.pace
    until = answer.until ?? now + LOOK_AGAIN_MS
    return null
  })
  if (until !== null || isWritten) return until
  return (await context.store.now()) + LOOK_AGAIN_MS
}

/** Gives a slot back, and notes what the answer said of the account's limits. */
export async function noteMessage(
  context: EngineContext,
  { account, id }: Submission,
  answer: MessageResult | null,
): Promise<void> {
  await changePace(context, account, (pace, now) => {
    const freed = withoutSlot(pace, id)
    if (answer === null || !('limits' in answer)) return freed
    return withLimits(freed ?? pace, answer, now)
  })
}

/** Obeys a wait that the provider asked of all calls. */
export async function holdMessages(
  context: EngineContext,
  account: AccountId,
  ms: number,
): Promise<void> {
  if (ms <= 0) return
  await changePace(context, account, (pace, now) => withWait(pace, ms, now))
}

// Answers whether anything was written.
async function changePace(
  { store }: EngineContext,
  account: AccountId,
  change: (pace: CallPace, now: EpochMs) => CallPace | null,
): Promise<boolean> {
  const name = callPaceSetting(account)
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const stored = await store.getSetting(name)
    const pace = (stored?.value ?? null) as CallPace | null
    const value = change(pace ?? FREE_CALL_PACE, await store.now())
    if (value === null) return false
    const ifVersion = stored?.version ?? null
    if ((await store.putSetting({ ...name, value, ifVersion })) !== null) return true
  }
  return false
}
