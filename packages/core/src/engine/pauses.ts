import type { AccountId } from '../model/ids.js'
import { laneOf } from '../model/lane.js'
import type { AccountPauses, Pause } from '../model/pause.js'
import type { ProviderError } from '../model/provider-error.js'
import { pauseSetting, pauseSettings } from '../model/setting-documents.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import {
  type GoodNews,
  type PauseDocuments,
  pausesOf,
  withoutDisproved,
  withRefusal,
} from '../policy/pausing.js'
import { accountPauseOf } from '../policy/retry/account-pause.js'
import { alarm, type EngineContext, tell } from './context.js'

// Whoever loses so often against others is better off asking again in the next round.
const MOST_TRIES = 8

/** Reads what holds back the sends of a store, an account, a project and a queue. */
export async function readPauses(
  { store }: EngineContext,
  of: Pick<Submission, 'account' | 'project' | 'queue'>,
): Promise<PauseDocuments> {
  const names = pauseSettings(of)
  return {
    store: (await store.getSetting(names.store))?.value ?? null,
    account: (await store.getSetting(names.account))?.value ?? null,
    project: (await store.getSetting(names.project))?.value ?? null,
    queue: (await store.getSetting(names.queue))?.value ?? null,
  }
}

/**
 * Changes an account's pauses by compare-and-set, so that all workers see one truth. `change` may be asked again with
 * newer pauses, and answers null when there is nothing to change. Answers whether something was.
 */
export async function changePauses(
  { store }: EngineContext,
  account: AccountId,
  change: (pauses: AccountPauses) => AccountPauses | null,
): Promise<boolean> {
  const name = pauseSetting(account)
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const stored = await store.getSetting(name)
    const value = change(pausesOf(stored?.value))
    if (value === null) return false
    const ifVersion = stored?.version ?? null
    if ((await store.putSetting({ ...name, value, ifVersion })) !== null) return true
  }
  return false
}

/** Pauses the sends of an account, or of one of its lanes, since the provider refused them `at` an instant. */
export async function pauseFor(
  context: EngineContext,
  account: AccountId,
  refusal: Refusal,
  at: EpochMs,
): Promise<void> {
  await begin(context, account, refusal.lane, (pauses) => withRefusal(pauses, refusal, at))
}

/** Notes that a call that changes nothing was refused for a reason that is the account's. */
export async function noteRefusedRead(
  context: EngineContext,
  account: AccountId,
  error: ProviderError,
): Promise<void> {
  const advice = accountPauseOf(error)
  if (advice === null || advice.reason === 'rate_limited') return
  const now = await context.store.now()
  const refusal = { ...advice, lane: null, seenBy: 'read', error } as const
  await begin(context, account, null, (pauses) => {
    const standing = pauses.automatic.find(({ lane }) => lane === null)
    // Many batches are asked for at once, and say the same.
    return standing !== undefined && standing.until > now ? null : withRefusal(pauses, refusal, now)
  })
}

/**
 * What a refusal of a submission is about: its lane, or (null) the whole account. A permission may be missing for a beta
 * or a user profile alone, so a batch that bears any pauses only its like.
 */
export function scopeOfRefusal(
  { lane }: Pick<Submission, 'lane'>,
  { mayBeLane }: { readonly mayBeLane: boolean },
): string | null {
  const { betas, userProfileId } = laneOf(lane)
  return mayBeLane && (betas.length > 0 || userProfileId !== null) ? lane : null
}

type Refusal = Pick<Pause, 'lane' | 'reason' | 'seenBy' | 'error'> & { readonly ms: number }

async function begin(
  context: EngineContext,
  account: AccountId,
  lane: string | null,
  change: (pauses: AccountPauses) => AccountPauses | null,
): Promise<void> {
  let begun: Pause | undefined
  const isChanged = await changePauses(context, account, (pauses) => {
    const after = change(pauses)
    begun = after?.automatic.find((pause) => pause.lane === lane)
    return after
  })
  if (isChanged && begun !== undefined) tellPause(context, account, begun)
}

function tellPause(context: EngineContext, account: AccountId, pause: Pause): void {
  const { until, reason, lane, error } = pause
  tell(context, { type: 'paused', account, until, reason, lane, error })
  // Told once; it is the same trouble at every further probe.
  if (pause.refusals > 1 || reason === 'rate_limited') return
  alarm(context, {
    code: 'account_paused',
    message: `Sending of account ${account} pauses (${reason}): ${error.message}`,
  })
}

/** Ends the pauses that an answer disproves. Those by hand stay. */
export async function noteGoodNews(
  context: EngineContext,
  account: AccountId,
  news: GoodNews,
): Promise<void> {
  const isLifted = await changePauses(context, account, (pauses) => withoutDisproved(pauses, news))
  if (isLifted) tell(context, { type: 'resumed', account })
}
