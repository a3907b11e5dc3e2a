import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SubmissionId } from '../../src/model/ids.js'
import { type AccountPauses, NO_PAUSES, type PauseReason } from '../../src/model/pause.js'
import { HOUR_MS, MINUTE_MS } from '../../src/model/time.js'
import {
  type PauseDocuments,
  pausesOf,
  resumed,
  sendHoldOf,
  withRefusal as withNewRefusal,
  withoutDisproved,
  withProbe,
} from '../../src/policy/pausing.js'
import { providerError } from './retry/arrange.js'

function withRefusal(...args: Parameters<typeof withNewRefusal>): AccountPauses {
  return withNewRefusal(...args) ?? args[0]
}

const NOW = 9_000_000
const LANE = 'lane'
const FIRST = 1 as SubmissionId
const OTHER = 2 as SubmissionId
const NONE: PauseDocuments = { store: null, account: null, project: null, queue: null }

function refusal(over: Partial<Parameters<typeof withRefusal>[1]> = {}) {
  const error = providerError({ status: 402 })
  return { lane: null, reason: 'billing', seenBy: 'send', error, ms: HOUR_MS, ...over } as const
}

function hold(account: AccountPauses, submissionId: SubmissionId | null, now: number) {
  return sendHoldOf({ ...NONE, account }, { lane: LANE, submissionId }, now)
}

describe('a pause that began by itself', () => {
  const paused = withRefusal(NO_PAUSES, refusal(), NOW)

  test('holds everything until its time is up, then lets one probe through', () => {
    expect(hold(paused, FIRST, NOW)).toMatchObject({
      type: 'held',
      by: 'provider',
      until: NOW + HOUR_MS,
    })
    expect(hold(paused, FIRST, NOW + HOUR_MS).type).toBe('probe')
    const probed = withProbe(
      paused,
      { lane: LANE, submissionId: FIRST, ms: MINUTE_MS },
      NOW + HOUR_MS,
    )
    expect(hold(probed, FIRST, NOW + HOUR_MS).type).toBe('free')
    expect(hold(probed, OTHER, NOW + HOUR_MS).type).toBe('held')
    expect(hold(probed, OTHER, NOW + HOUR_MS + MINUTE_MS).type).toBe('probe')
    expect(hold(probed, FIRST, NOW + HOUR_MS + MINUTE_MS).type).toBe('probe')
  })

  test('knows a refusal that it was told of before', () => {
    expect(withNewRefusal(paused, refusal(), NOW)).toBeNull()
    expect(withNewRefusal(paused, refusal(), NOW - 1)).toBeNull()
  })

  test('goes on after a probe that was refused, and is the same pause', () => {
    const again = withRefusal(paused, refusal({ ms: 5 * MINUTE_MS }), NOW + HOUR_MS)
    expect(again.automatic).toEqual([
      expect.objectContaining({
        since: NOW,
        until: NOW + HOUR_MS + 5 * MINUTE_MS,
        refusals: 2,
        probe: null,
      }),
    ])
  })

  test('ends by a batch that was begun after it, not by one from before', () => {
    const news = { by: 'send', lane: LANE } as const
    expect(withoutDisproved(paused, { ...news, askedAt: NOW - 1 })).toBeNull()
    expect(withoutDisproved(paused, { ...news, askedAt: NOW + 1 })).toEqual(NO_PAUSES)
  })

  test('of sends does not end by reads, and one of reads ends by either', () => {
    const news = { by: 'read', lane: null, askedAt: NOW + 1 } as const
    expect(withoutDisproved(paused, news)).toBeNull()
    const unread = withRefusal(NO_PAUSES, refusal({ seenBy: 'read' }), NOW)
    expect(withoutDisproved(unread, news)).toEqual(NO_PAUSES)
    expect(withoutDisproved(withRefusal(unread, refusal(), NOW + 1), news)).toBeNull()
  })

  test('of a lane holds and ends with that lane alone', () => {
    const lane = withRefusal(NO_PAUSES, refusal({ lane: 'beta' }), NOW)
    expect(hold(lane, null, NOW).type).toBe('free')
    const facts = { lane: 'beta', submissionId: null }
    expect(sendHoldOf({ ...NONE, account: lane }, facts, NOW).type).toBe('held')
    const askedAt = NOW + 1
    expect(withoutDisproved(lane, { by: 'send', lane: LANE, askedAt })).toBeNull()
    expect(withoutDisproved(lane, { by: 'send', lane: 'beta', askedAt })).toEqual(NO_PAUSES)
  })
})

describe('a pause by hand', () => {
  const hand = { since: NOW, note: 'why' }

  test.each(['store', 'project', 'queue'] as const)(
    'of the %s holds whatever the account does',
    (of) => {
      const documents = { ...NONE, [of]: hand }
      const facts = { lane: LANE, submissionId: FIRST }
      expect(sendHoldOf(documents, facts, NOW)).toMatchObject({ by: of, until: null })
    },
  )

  test('is ended by a hand, which lets pauses that began by themselves be tried at once', () => {
    const both = { ...withRefusal(NO_PAUSES, refusal(), NOW), hand }
    const after = resumed(both, NOW + MINUTE_MS)
    expect(after.hand).toBeNull()
    expect(hold(after, FIRST, NOW + MINUTE_MS).type).toBe('probe')
  })

  test('outlives everything that happens by itself, and lets nothing through', () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('refuse' as const),
        lane: fc.constantFrom(null, LANE, 'beta'),
        reason: fc.constantFrom<PauseReason>('billing', 'key_refused', 'unknown'),
        ms: fc.integer({ min: 1_000, max: HOUR_MS }),
      }),
      fc.record({ do: fc.constant('probe' as const), id: fc.constantFrom(FIRST, OTHER) }),
      fc.record({
        do: fc.constant('good' as const),
        by: fc.constantFrom('send' as const, 'read' as const),
        lane: fc.constantFrom(null, LANE, 'beta'),
      }),
    )
    fc.assert(
      fc.property(fc.array(step), fc.boolean(), (steps, isByHand) => {
        let pauses: AccountPauses = { hand: isByHand ? hand : null, automatic: [] }
        let now = NOW
        for (const each of steps) {
          now += 1_000
          if (each.do === 'refuse') pauses = withRefusal(pauses, refusal(each), now)
          if (each.do === 'probe') {
            pauses = withProbe(pauses, { lane: LANE, submissionId: each.id, ms: MINUTE_MS }, now)
          }
          if (each.do === 'good') {
            pauses = withoutDisproved(pauses, { ...each, askedAt: now }) ?? pauses
          }
          expect(pausesOf(JSON.parse(JSON.stringify(pauses)))).toEqual(pauses)
          expect(pauses.hand).toBe(isByHand ? hand : null)
          if (isByHand) expect(hold(pauses, FIRST, now).type).toBe('held')
          const lanes = pauses.automatic.map(({ lane }) => lane)
          expect(new Set(lanes).size).toBe(lanes.length)
        }
        // Whatever happened, time alone opens the way for a probe.
        if (!isByHand) expect(hold(pauses, null, now + 2 * HOUR_MS).type).not.toBe('held')
      }),
    )
  })
})
