import { describe, expect, test } from 'vitest'
import { type NextScanFacts, nextScanAt } from '../../src/policy/next-scan.js'

const MINUTE = 60_000
const settings = { scanEveryMs: 2 * MINUTE, scanGapMs: MINUTE }
const NOW = 1_000 * MINUTE
const facts: NextScanFacts = {
  settledAt: NOW + 60 * MINUTE,
  isClear: true,
  asks: false,
  mayDeclare: true,
  scans: 1,
}
const settled = { ...facts, settledAt: NOW - MINUTE }

function waitOf(changes: Partial<NextScanFacts>, base = facts): number {
  return nextScanAt({ ...base, ...changes }, settings, NOW) - NOW
}

describe('nextScanAt', () => {
  test('looks often at first, and eight times as seldom after many scans', () => {
    expect([1, 4, 8, 28, 400].map((scans) => waitOf({ scans }) / MINUTE)).toEqual([2, 4, 6, 16, 16])
  })

  test('looks right at the end of the settle window, however seldom it looked before', () => {
    expect(waitOf({ scans: 400, settledAt: NOW + 3 * MINUTE })).toBe(3 * MINUTE)
  })

  test('looks a gap later when the next clear scan may be the verdict', () => {
    expect(waitOf({ scans: 400 }, settled)).toBe(MINUTE)
  })

  test('goes on seldom while nothing may be declared, since no scan can be the verdict then', () => {
    expect(waitOf({ scans: 400, mayDeclare: false }, settled)).toBe(16 * MINUTE)
  })

  test('goes on seldom past the window while a batch could be it', () => {
    expect(waitOf({ scans: 400, isClear: false }, settled)).toBe(16 * MINUTE)
  })

  test('looks seldom from the start where a person is asked', () => {
    expect(waitOf({ asks: true }, settled)).toBe(16 * MINUTE)
  })
})
