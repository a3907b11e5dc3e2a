import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SubmissionId } from '../../../src/model/ids.js'
import type { PoisonIncident } from '../../../src/model/poison.js'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/model/time.js'
import {
  decidePoison,
  INCIDENT_REST_MS,
  incidentOf,
  laneHoldOf,
  MAX_INCIDENT_CREATES,
  type RefusedBatch,
  withBatch,
  withCanary,
  withIncident,
  withoutBatch,
  withRefusedBatch,
} from '../../../src/policy/retry/poison.js'

const NOW = 90_000_000
const LANE = 'lane'

function id(number: number): SubmissionId {
  return number as SubmissionId
}

function aBatch(number: number, batchLimit: number | null = null) {
  return { id: id(number), batchLimit }
}

function refused(over: Partial<RefusedBatch> = {}): RefusedBatch {
  return {
    submissionId: id(1),
    lane: LANE,
    status: 400,
    requestCount: 100,
    bytes: 1_000,
    verdictAt: NOW,
    ...over,
  }
}

function incident(over: Partial<PoisonIncident> = {}): PoisonIncident {
  return { ...withRefusedBatch(null, refused(), NOW), ...over }
}

describe('a refused batch', () => {
  test('waits for a canary, and for one that is out already', () => {
    expect(decidePoison(incident(), refused(), NOW)).toEqual({ type: 'canary' })
    const asked = incident({ canaryAt: NOW })
    expect(decidePoison(asked, refused(), NOW + 1)).toEqual({
      type: 'wait',
      until: NOW + 3 * MINUTE_MS,
    })
    // Whoever sent it is gone.
    expect(decidePoison(asked, refused(), NOW + 3 * MINUTE_MS)).toEqual({ type: 'canary' })
  })

  test('is halved once something of its lane was taken', () => {
    const proven = incident({ acceptedAt: NOW + 1 })
    expect(decidePoison(proven, refused({ requestCount: 3 }), NOW + 2)).toEqual({
      type: 'split',
      batchLimit: 2,
      maxBytes: null,
    })
    expect(decidePoison(proven, refused({ status: 413 }), NOW + 2)).toEqual({
      type: 'split',
      batchLimit: 100,
      maxBytes: 500,
    })
  })

  test('of one fails only if something was taken after it was refused itself', () => {
    const proven = incident({ acceptedAt: NOW + 1 })
    const alone = refused({ requestCount: 1, verdictAt: NOW + 2 })
    expect(decidePoison(proven, alone, NOW + 3)).toEqual({ type: 'canary' })
    expect(decidePoison({ ...proven, acceptedAt: NOW + 3 }, alone, NOW + 4)).toEqual({
      type: 'fail',
    })
  })

  test('rests when its incident has cost enough, and begins a new one after an hour', () => {
    let spent = incident()
    while (spent.creates < MAX_INCIDENT_CREATES) {
      expect(laneHoldOf(spent, NOW)).toBeNull()
      spent = withCanary(spent, NOW)
    }
    const until = NOW + INCIDENT_REST_MS
    expect(laneHoldOf(spent, NOW)).toEqual({ type: 'rest', until })
    expect(decidePoison(spent, refused(), NOW)).toEqual({ type: 'rest', until })
    expect(laneHoldOf(spent, until)).toBeNull()
    const next = withRefusedBatch(spent, refused({ verdictAt: until }), until)
    expect(next).toMatchObject({ creates: 1, exhaustedAt: null, since: until })
  })
})

describe('what an incident costs', () => {
  function afterRefusals(count: number): PoisonIncident {
    let after = incident()
    for (let number = 2; number <= count; number += 1) {
      after = withRefusedBatch(after, refused({ submissionId: id(number) }), NOW)
    }
    return after
  }

  test('is every batch that was refused, each once, and its lane rests after the last', () => {
    const almost = afterRefusals(MAX_INCIDENT_CREATES - 1)
    expect(withRefusedBatch(almost, refused({ submissionId: id(2) }), NOW)).toEqual(almost)
    expect(almost).toMatchObject({ creates: MAX_INCIDENT_CREATES - 1, exhaustedAt: null })
    const spent = afterRefusals(MAX_INCIDENT_CREATES)
    expect(spent).toMatchObject({ creates: MAX_INCIDENT_CREATES, exhaustedAt: NOW })
    // Whatever was under way is noted, and changes nothing about it.
    const late = refused({ submissionId: id(999), verdictAt: NOW + 5 })
    expect(withRefusedBatch(spent, late, NOW + 5)).toEqual({ ...spent, refusedAt: NOW + 5 })
  })

  test('counts suspects before they are sent, whatever becomes of them', () => {
    const sent = withBatch(incident(), aBatch(2, 50), NOW)
    expect(sent?.creates).toBe(2)
    expect(withBatch(sent, aBatch(2, 50), NOW)).toBeNull()
    expect(withoutBatch(sent, aBatch(2, 50))).toBeNull()
    const last = withBatch(afterRefusals(MAX_INCIDENT_CREATES - 1), aBatch(99, 50), NOW)
    expect(last?.exhaustedAt).toBe(NOW)
  })

  test('counts any other batch of its lane only until it is known that it was not refused', () => {
    const almost = afterRefusals(MAX_INCIDENT_CREATES - 1)
    const sent = withBatch(almost, aBatch(99), NOW) as PoisonIncident
    const until = NOW + MINUTE_MS
    expect(laneHoldOf(sent, NOW)).toEqual({ type: 'answers', until })
    expect(decidePoison(sent, refused(), NOW)).toEqual({ type: 'wait', until })
    expect(withoutBatch(sent, aBatch(99))).toEqual(almost)
    expect(withoutBatch(almost, aBatch(99))).toBeNull()
    expect(withRefusedBatch(sent, refused({ submissionId: id(99) }), NOW).exhaustedAt).toBe(NOW)
    // Whoever sent it died: nobody waits for the answer longer than for the incident.
    expect(laneHoldOf(sent, NOW + HOUR_MS + 1)).toBeNull()
  })

  test('is nothing while there is none, or it is over', () => {
    expect(withBatch(null, aBatch(2, 50), NOW)).toBeNull()
    expect(withBatch(incident(), aBatch(2, 50), NOW + HOUR_MS + 1)).toBeNull()
    expect(withoutBatch(null, aBatch(2))).toBeNull()
    expect(laneHoldOf(null, NOW)).toBeNull()
  })

  test('is counted anew in a document that does not say which batches were', () => {
    const { counted: _, ...older } = incident({ creates: 5 })
    expect(withRefusedBatch(older, refused(), NOW)).toMatchObject({ creates: 6, counted: [1] })
  })
})

describe('an incident', () => {
  test('goes on while refusals come, and is over after a quiet hour', () => {
    const first = incident({ creates: 5, acceptedAt: NOW + 1, maxBytes: 700 })
    const soon = refused({ verdictAt: NOW + HOUR_MS })
    expect(withRefusedBatch(first, soon, NOW + HOUR_MS)).toMatchObject({ since: NOW, creates: 5 })
    const late = NOW + HOUR_MS + 1
    const next = withRefusedBatch(first, refused({ verdictAt: late }), late)
    expect(next).toMatchObject({ since: late, creates: 1, acceptedAt: null, maxBytes: 700 })
  })

  test('stands beside those of other lanes, and is forgotten after a day', () => {
    const other = { ...incident(), lane: 'other' }
    const both = withIncident(withIncident(null, other, NOW), incident({ creates: 9 }), NOW)
    expect(incidentOf(both, LANE, NOW)?.creates).toBe(9)
    expect(incidentOf(both, 'other', NOW)).toEqual(other)
    expect(incidentOf(both, LANE, NOW + DAY_MS + 1)).toBeNull()
    expect(incidentOf(null, LANE, NOW)).toBeNull()
  })

  test('never fails anybody unless something was taken since, whatever came before', () => {
    const facts = fc.record({
      requestCount: fc.integer({ min: 1, max: 4 }),
      status: fc.constantFrom(400, 413, 422),
      verdictAt: fc.integer({ min: NOW, max: NOW + 100 }),
    })
    const known = fc.record({
      acceptedAt: fc.option(fc.integer({ min: NOW, max: NOW + 100 })),
      canaryAt: fc.option(fc.integer({ min: NOW, max: NOW + 100 })),
      exhaustedAt: fc.option(fc.integer({ min: NOW, max: NOW + 100 })),
    })
    fc.assert(
      fc.property(facts, known, (batch, over) => {
        const step = decidePoison(incident(over), refused(batch), NOW + 100)
        const { acceptedAt } = over
        if (step.type === 'fail') {
          expect(batch.requestCount).toBe(1)
          expect(acceptedAt ?? -1).toBeGreaterThanOrEqual(batch.verdictAt)
        }
        if (step.type === 'split') {
          expect(acceptedAt).not.toBeNull()
          expect(step.batchLimit).toBeLessThanOrEqual(batch.requestCount)
        }
      }),
    )
  })
})

test('one bad request among 100,000 stands alone after 17 halvings', () => {
  const proven = incident({ acceptedAt: NOW })
  let requestCount = 100_000
  let halvings = 0
  for (;;) {
    const step = decidePoison(proven, refused({ requestCount }), NOW)
    if (step.type !== 'split') break
    requestCount = step.batchLimit
    halvings += 1
  }
  expect([requestCount, halvings]).toEqual([1, 17])
})
