import type { CallHealth, Operation } from '../model/call-health.js'
import type { AccountId } from '../model/ids.js'
import type { ProviderError } from '../model/provider-error.js'
import { callHealthSetting } from '../model/setting-documents.js'
import type { EpochMs } from '../model/time.js'
import {
  breakerGate,
  CLOSED,
  isPassingFailure,
  withAnswer,
  withFailure,
  withProbeOut,
} from '../policy/retry/breaker.js'
import {
  FREE_PACE,
  nextCreateAt,
  type SlowDown,
  withBegun,
  withRoom,
  withSlowDown,
  withTaken,
} from '../policy/retry/pace.js'
import { FULL_BUDGET, takeRetry, withEarned } from '../policy/retry/retry-budget.js'
import type { EngineContext } from './context.js'

// Whoever loses so often against others is better off asking again in the next round.
const MOST_TRIES = 8

const HEALTHY: CallHealth = { breakers: {}, pace: FREE_PACE, retries: FULL_BUDGET }

/**
 * Whether a call may be made now: null if so, else when to ask again. While the calls of an operation fail one worker
 * probes it, and calls that repeat failed ones are made as far as the account's budget goes.
 */
export async function admitCall(
  context: EngineContext,
  account: AccountId,
  call: { readonly operation: Operation; readonly isRetry: boolean },
): Promise<EpochMs | null> {
  const { operation, isRetry } = call
  let until: EpochMs | null = null
  await changeHealth(context, account, (health, now) => {
    until = null
    const breaker = health.breakers[operation] ?? CLOSED
    const gate = breakerGate(breaker, now)
    if (gate.type === 'probe') return withBreaker(health, operation, withProbeOut(breaker, now))
    if (gate.type === 'wait') until = gate.until
    if (gate.type === 'wait' || !isRetry) return null
    const budget = takeRetry(health.retries, now)
    if (budget.type === 'wait') until = budget.until
    return budget.type === 'wait' ? null : { ...health, retries: budget.retries }
  })
  return until
}

/** Whether a batch may be made now: null if so, else when to ask again. Obeys what the provider asked for by 429s. */
export async function admitCreate(
  context: EngineContext,
  account: AccountId,
): Promise<EpochMs | null> {
  let until: EpochMs | null = null
  await changeHealth(context, account, (health, now) => {
    const breaker = health.breakers.create ?? CLOSED
    const gate = breakerGate(breaker, now)
    const paceAt = nextCreateAt(health.pace)
    until = gate.type === 'wait' ? Math.max(gate.until, paceAt) : paceAt > now ? paceAt : null
    if (until !== null) return null
    const pace = withBegun(health.pace, now)
    if (gate.type === 'pass') return pace === null ? null : { ...health, pace }
    return withBreaker(
      { ...health, pace: pace ?? health.pace },
      'create',
      withProbeOut(breaker, now),
    )
  })
  return until
}

/** Notes how a call went; null for an answer that was not an error. What this process broke off itself says nothing. */
export async function noteCall(
  context: EngineContext,
  account: AccountId,
  call: { readonly operation: Operation; readonly error: ProviderError | null },
): Promise<void> {
  const { operation, error } = call
  if (context.signal.aborted) return
  await changeHealth(context, account, (health, now) => {
    const breaker = health.breakers[operation] ?? CLOSED
    if (error !== null && isPassingFailure(error)) {
      return withBreaker(health, operation, withFailure(breaker, now))
    }
    const answered = withAnswer(breaker, now)
    const retries = error === null ? withEarned(health.retries, now) : null
    if (answered === null && retries === null) return null
    const earned = { ...health, retries: retries ?? health.retries }
    return answered === null ? earned : withBreaker(earned, operation, answered)
  })
}

/** Obeys a 429 that asks the account to slow down. */
export async function slowDown(
  context: EngineContext,
  account: AccountId,
  asked: SlowDown,
  verdictAt: EpochMs,
): Promise<void> {
  await changePace(context, account, (pace) => withSlowDown(pace, asked, verdictAt))
}

/** Notes that a batch was taken, so that a rate which was kept may grow. */
export async function speedUp(context: EngineContext, account: AccountId): Promise<void> {
  await changePace(context, account, withTaken)
}

/** Notes that a batch ended, so that there is room in the provider's line. */
export async function noteRoom(context: EngineContext, account: AccountId): Promise<void> {
  await changePace(context, account, withRoom)
}

async function changePace(
  context: EngineContext,
  account: AccountId,
  change: (pace: CallHealth['pace']) => CallHealth['pace'] | null,
): Promise<void> {
  await changeHealth(context, account, (health) => {
    const pace = change(health.pace)
    return pace === null ? null : { ...health, pace }
  })
}

async function changeHealth(
  { store }: EngineContext,
  account: AccountId,
  change: (health: CallHealth, now: EpochMs) => CallHealth | null,
): Promise<void> {
  const name = callHealthSetting(account)
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const stored = await store.getSetting(name)
    const health = (stored?.value ?? null) as CallHealth | null
    const value = change(health ?? HEALTHY, await store.now())
    if (value === null) return
    const ifVersion = stored?.version ?? null
    if ((await store.putSetting({ ...name, value, ifVersion })) !== null) return
  }
}

function withBreaker(
  health: CallHealth,
  operation: Operation,
  breaker: CallHealth['breakers'][Operation] & object,
): CallHealth {
  return { ...health, breakers: { ...health.breakers, [operation]: breaker } }
}
