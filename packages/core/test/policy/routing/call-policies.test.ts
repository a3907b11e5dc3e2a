import { describe, expect, test } from 'vitest'
import { laneKey, laneOf, NO_SEARCH, type ProviderError } from '../../../src/index.js'
import { refusedLine } from '../../../src/policy/routing/answer-line.js'
import { decideCallRefusal, isAboutRequest } from '../../../src/policy/routing/call-refusal.js'
import { callMsOf } from '../../../src/policy/routing/call-time.js'
import { judgeLostCall } from '../../../src/policy/routing/lost-call.js'
import { routeOf } from '../../../src/policy/routing/route-of.js'

const NOW = 1_000_000

function error(over: Partial<ProviderError>): ProviderError {
  return {
    ...{ status: null, type: null, code: null, message: 'no', requestId: null, retryAfterMs: null },
    ...over,
  }
}

describe('a lane', () => {
  test('bears its route, and a batch is written as it always was', () => {
    expect(laneKey({})).toBe('["2026-10-21",[],null]')
    expect(laneKey({ route: 'batch' })).toBe(laneKey({}))
    expect(laneOf(laneKey({ route: 'realtime', betas: ['b'] }))).toMatchObject({
      route: 'realtime',
      betas: ['b'],
    })
    expect(laneOf(laneKey({ userProfileId: 'realtime' })).route).toBe('batch')
  })

  test('decides the route, with its reason', () => {
    expect(routeOf({ lane: laneKey({}) })).toEqual({ route: 'batch', reason: 'default' })
    const lane = laneKey({ route: 'realtime' })
    expect(routeOf({ lane })).toEqual({ route: 'realtime', reason: 'asked' })
  })
})

test.each([
  [0, 60_000],
  [1_024, 88_800],
  [128_000, 600_000],
])('a call for %i tokens may take %i ms', (tokens, ms) => {
  expect(callMsOf(tokens)).toBe(ms)
})

describe('a clear no', () => {
  test.each([
    [400, null, true],
    [403, null, true],
    [404, null, true],
    [409, null, true],
    [413, null, true],
    [401, null, false],
    [402, null, false],
    [429, null, false],
    [529, null, false],
    [403, 'organization_on_hold', false],
    [429, 'enforced_spend_limit_reached', false],
  ])('of %i (%s) is about the request: %s', (status, code, expected) => {
    expect(isAboutRequest(error({ status, code }))).toBe(expected)
  })

  test('of the workspace’s own limit is about the account', () => {
    const message = 'You have reached your specified API usage limits.'
    expect(isAboutRequest(error({ status: 400, message }))).toBe(false)
  })

  const facts = { failures: 0, jitter: 0.5 }
  test('that says how long holds calls back and pauses nothing', () => {
    const asked = error({ status: 429, retryAfterMs: 30_000 })
    const decided = decideCallRefusal(asked, facts, NOW)
    expect(decided).toMatchObject({ pause: null, waitMs: 30_000, member: { notBefore: NOW } })
  })

  test('of 529 waits by itself, longer each time, and pauses nothing', () => {
    const waits = [0, 3].map((failures) => {
      const { member, pause } = decideCallRefusal(
        error({ status: 529 }),
        { ...facts, failures },
        NOW,
      )
      expect(pause).toBeNull()
      return member.notBefore - NOW
    })
    expect(waits[0]).toBeGreaterThan(0)
    expect(waits[1]).toBeGreaterThan(waits[0] ?? 0)
  })

  test.each([401, 402, 429])('of %i that says no time pauses the account', (status) => {
    expect(decideCallRefusal(error({ status }), facts, NOW)).toMatchObject({
      pause: { ms: expect.any(Number) },
      member: { notBefore: NOW, countAs: 'nothing' },
    })
  })
})

describe('a call whose answer is lost', () => {
  const known = {
    submission: { sendNotAfterAt: NOW, search: NO_SEARCH },
    onLostAnswer: 'resend',
    fromBackup: false,
    mayDeclare: true,
  } as const

  test('is waited for until its time is over, and then lost', () => {
    expect(judgeLostCall(known, NOW)).toMatchObject({ type: 'wait', nextStepAt: NOW + 1 })
    expect(judgeLostCall(known, NOW + 1)).toMatchObject({ type: 'lost', search: { scans: 1 } })
  })

  test('of a store that may be restored is not given up before that is known', () => {
    expect(judgeLostCall({ ...known, mayDeclare: false }, NOW + 1).type).toBe('wait')
  })

  test.each([{ onLostAnswer: 'ask' }, { fromBackup: true }] as const)(
    'is asked about, once, with %o',
    (over) => {
      const asked = judgeLostCall({ ...known, ...over }, NOW + 5)
      expect(asked).toMatchObject({ type: 'ask', search: { askingSince: NOW + 5 } })
      const submission = { ...known.submission, search: asked.search }
      const again = judgeLostCall({ ...known, ...over, submission }, NOW + 9)
      expect(again.search.askingSince).toBe(NOW + 5)
    },
  )
})

test('the line of a refused request has the form of a results file', () => {
  const bytes = refusedLine(
    'h1x',
    error({ type: 'invalid_request_error', code: 'c', requestId: 'r' }),
  )
  expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual({
    custom_id: 'h1x',
    result: {
      type: 'errored',
      error: {
        type: 'error',
        error: { type: 'invalid_request_error', message: 'no', details: { error_code: 'c' } },
        request_id: 'r',
      },
    },
  })
})
