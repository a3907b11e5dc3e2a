import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ProviderError } from '../../../src/model/provider-error.js'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../src/model/time.js'
import type { SlowDown } from '../../../src/policy/retry/pace.js'
import {
  decideRefusal,
  type RefusalDecision,
  type RefusalFacts,
} from '../../../src/policy/retry/refusal.js'
import { providerError } from './arrange.js'

const NOW = 5_000_000
const OWN_LIMIT = 'You have reached your specified API usage limits. You will regain access on …'

function decide(error: Partial<ProviderError>, facts: Partial<RefusalFacts> = {}): RefusalDecision {
  return decideRefusal(
    providerError(error),
    { failures: 0, jitter: 0.5, hasBatches: false, ...facts },
    NOW,
  )
}

describe('a refusal that is about the account', () => {
  test.each<[string, Partial<ProviderError>, string, number]>([
    ['401', { status: 401, type: 'authentication_error' }, 'key_refused', 5 * MINUTE_MS],
    ['402', { status: 402, type: 'billing_error' }, 'billing', 15 * MINUTE_MS],
    ['403', { status: 403, type: 'permission_error' }, 'account_refused', 15 * MINUTE_MS],
    [
      '400 with a code of the account',
      { status: 400, code: 'organization_on_hold' },
      'account_refused',
      HOUR_MS,
    ],
    [
      '400 with a disabled key of its own',
      { status: 400, code: 'cmek_key_disabled' },
      'account_refused',
      HOUR_MS,
    ],
    [
      'the own limit, which has no code',
      { status: 400, message: OWN_LIMIT },
      'spend_limit',
      HOUR_MS,
    ],
    [
      "the workspace's own limit",
      { status: 400, message: OWN_LIMIT.replace('API', 'workspace API') },
      'spend_limit',
      HOUR_MS,
    ],
    ['429 without a wait', { status: 429 }, 'rate_limited', HOUR_MS],
    [
      '429 at the cap of its tier',
      { status: 429, code: 'enforced_spend_limit_reached', retryAfterMs: 1_000 },
      'spend_limit',
      HOUR_MS,
    ],
    [
      '429 at the cap of its contract',
      { status: 429, code: 'contract_spend_limit_reached' },
      'spend_limit',
      HOUR_MS,
    ],
    ['404', { status: 404, type: 'not_found_error' }, 'unknown', 5 * MINUTE_MS],
    ['a refusal nobody knows', { status: 418 }, 'unknown', 5 * MINUTE_MS],
  ])('(%s) pauses it, and costs its members nothing', (_, error, reason, ms) => {
    expect(decide(error)).toEqual({
      reason,
      pause: { reason, ms, mayBeLane: error.status === 403 },
      members: { type: 'waiting', notBefore: NOW, countAs: 'nothing', batchLimit: null },
    })
  })
})

describe('a 429 that is no cap', () => {
  test.each<[string, Partial<ProviderError>, boolean, SlowDown]>([
    ['a wait', { retryAfterMs: 7_000 }, false, { type: 'wait', ms: 7_000 }],
    ['a wait of nothing', { retryAfterMs: 0 }, true, { type: 'wait', ms: SECOND_MS }],
    ['a wait beyond reason', { retryAfterMs: 1e12 }, false, { type: 'wait', ms: DAY_MS }],
    [
      'growing too fast',
      { code: 'ramp_limit_exceeded', retryAfterMs: 90_000 },
      false,
      { type: 'ramp', ms: 90_000 },
    ],
    ['no wait while work is in line', {}, true, { type: 'queue_full' }],
  ])('(%s) slows the account down, and costs its members nothing', (_, error, hasBatches, slow) => {
    expect(decide({ status: 429, ...error }, { hasBatches })).toEqual({
      reason: 'rate_limited',
      pause: null,
      slow,
      members: { type: 'waiting', notBefore: NOW, countAs: 'nothing', batchLimit: null },
    })
  })

  test('is a cap when it says so, whatever is in line', () => {
    const error = { status: 429, code: 'enforced_spend_limit_reached' }
    expect(decide(error, { hasBatches: true }).pause?.reason).toBe('spend_limit')
  })
})

describe('a refusal that could be about the batch', () => {
  test.each([400, 413, 422])('(%i) decides nothing before it is known what is wrong', (status) => {
    expect(decide({ status })).toEqual({ reason: 'bad_batch', members: 'isolate', pause: null })
  })
})

describe('a batch that never left, or met a conflict', () => {
  test.each([
    [null, 'not_sent'],
    [408, 'unknown'],
    [409, 'unknown'],
  ])('(%s) waits a while without a pause', (status, reason) => {
    expect(decide({ status }, { failures: 2 })).toEqual({
      reason,
      pause: null,
      members: {
        type: 'waiting',
        notBefore: NOW + 10_000,
        countAs: 'nothing',
        batchLimit: null,
      },
    })
  })
})

describe('every refusal', () => {
  test('costs no attempt, never sends early, and keeps its waits in bounds', () => {
    const error = fc.record({
      status: fc.option(fc.integer({ min: 400, max: 499 })),
      code: fc.constantFrom(null, 'enforced_spend_limit_reached', 'organization_on_hold', 'x'),
      message: fc.constantFrom(OWN_LIMIT, ''),
      retryAfterMs: fc.option(fc.double()),
    })
    const facts = fc.record({
      failures: fc.nat(1_000),
      jitter: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      hasBatches: fc.boolean(),
    })
    fc.assert(
      fc.property(error, facts, (said, known) => {
        const { members, pause } = decide(said, known)
        const ms = pause?.ms ?? SECOND_MS
        expect(Number.isSafeInteger(ms)).toBe(true)
        expect(ms).toBeGreaterThanOrEqual(SECOND_MS)
        expect(ms).toBeLessThanOrEqual(DAY_MS)
        if (members === 'isolate') return
        expect(members.countAs).toBe('nothing')
        expect(members.notBefore).toBeGreaterThanOrEqual(NOW)
        expect(members.notBefore).toBeLessThan(NOW + 10 * MINUTE_MS)
        expect(members.batchLimit).toBeNull()
      }),
    )
  })
})
