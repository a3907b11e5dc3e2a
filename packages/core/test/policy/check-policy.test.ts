import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.js'
import { DEFAULT_QUEUE_POLICY } from '../../src/model/queue-policy.js'
import { checkPolicy, usablePolicy } from '../../src/policy/check-policy.js'

const nightly = { schedule: '0 2 * * *', timeZone: 'Australia/Sydney' }

describe('a policy', () => {
  test.each([
    ['the default', DEFAULT_QUEUE_POLICY],
    ['nothing', {}],
    ['what is left undefined', { maxFailures: undefined, flush: undefined }],
    ['a schedule and what counts as usable', { flush: nightly, accept: ['cut_off', 'empty'] }],
    [
      'the ends of the ranges',
      { maxBatchRequests: 1, maxBatchBytes: 255_000_000, maxFailures: 100 },
    ],
  ])('of %s passes', (_, policy) => {
    expect(() => checkPolicy(policy)).not.toThrow()
  })

  test.each([
    [{ maxBatchRequests: 0 }, 'maxBatchRequests: expected a whole number from 1 to 100000, got 0.'],
    [
      { maxBatchBytes: 1.5 },
      'maxBatchBytes: expected a whole number from 1 to 255000000, got 1.5.',
    ],
    [{ onLostAnswer: 'wiat' }, 'onLostAnswer: expected "resend", "wait" or "ask", got "wiat".'],
    [{ maxFailures: 'abc' }, 'maxFailures: expected a whole number from 1 to 100, got "abc".'],
    [
      { giveUpAfterMs: Number.NaN },
      'giveUpAfterMs: expected a whole number of at least 0, got NaN.',
    ],
    [{ accept: ['cutoff'] }, 'accept: expected a list of "cut_off", "refused" and "empty"'],
    [{ accept: 'cut_off' }, 'or an empty one, got "cut_off".'],
    [{ keyTails: 'on' }, 'keyTails: expected true or false, got "on".'],
    [{ flush: null }, 'flush: expected an object with count, bytes and ageMs, or with a schedule'],
    [{ flush: { by: '06:00' } }, 'flush.count: expected a whole number'],
    [{ maxFailure: 2 }, 'got "maxFailure". Was maxFailures meant?'],
    [{ flsh: {} }, 'Was flush meant?'],
  ])('of %j is refused', (policy, message) => {
    expect(() => checkPolicy(policy)).toThrow(message)
    expect(() => checkPolicy(policy)).toThrow(ConfigError)
  })
})

describe('a stored policy', () => {
  test('is what it says, and the default for what it does not say', () => {
    expect(usablePolicy({ maxFailures: 7, flush: { ageMs: 5 } })).toEqual({
      ...DEFAULT_QUEUE_POLICY,
      maxFailures: 7,
      flush: { ...DEFAULT_QUEUE_POLICY.flush, ageMs: 5 },
    })
    expect(usablePolicy({ flush: nightly }).flush).toEqual(nightly)
  })

  test('with members that can’t be used goes by the default there, and asks about lost answers', () => {
    const bad = {
      keyTails: 1,
      maxBatchRequests: 0,
      giveUpAfterMs: null,
      accept: 'x',
      onLostAnswer: 'wiat',
    }
    expect(usablePolicy(bad)).toEqual({ ...DEFAULT_QUEUE_POLICY, onLostAnswer: 'ask' })
  })

  test('is always one that passes', () => {
    const member = fc.constantFrom(...Object.keys(DEFAULT_QUEUE_POLICY), 'other')
    const value = fc.oneof(
      fc.anything(),
      fc.record({ count: fc.integer(), bytes: fc.anything(), schedule: fc.anything() }),
    )
    fc.assert(
      fc.property(fc.dictionary(member, value), (stored) => checkPolicy(usablePolicy(stored))),
    )
  })
})
