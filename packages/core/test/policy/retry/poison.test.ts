import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PoisonIncident } from '../../../src/model/poison.js'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/model/time.js'
import {
  decidePoison,
  incidentOf,
  isSuspect,
  MAX_INCIDENT_CREATES,
  type RefusedBatch,
  suspectsHeldUntil,
  withCreate,
  withIncident,
  withRefusedBatch,
} from '../../../src/policy/retry/poison.js'

const NOW = 90_000_000
const LANE = 'lane'

function refused(over: Partial<RefusedBatch> = {}): RefusedBatch {
  return { lane: LANE, status: 400, requestCount: 100, bytes: 1_000, verdictAt: NOW, ...over }
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
    for (let count = spent.creates; count < MAX_INCIDENT_CREATES; count += 1) {
      expect(suspectsHeldUntil(spent, NOW)).toBeNull()
      spent = withCreate(spent, NOW)
    }
    const until = NOW + HOUR_MS
    expect(suspectsHeldUntil(spent, NOW)).toBe(until)
    expect(decidePoison(spent, refused(), NOW)).toEqual({ type: 'rest', until })
    expect(suspectsHeldUntil(spent, until)).toBeNull()
    const next = withRefusedBatch(spent, refused({ verdictAt: until }), until)
    expect(next).toMatchObject({ creates: 1, exhaustedAt: null, since: until })
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
    expect(isSuspect(first, 10, NOW)).toBe(true)
    expect(isSuspect(first, null, NOW)).toBe(false)
    expect(isSuspect(first, 10, late)).toBe(false)
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
