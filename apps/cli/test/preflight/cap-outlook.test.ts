import { type NanoUsd, NO_SPENDING } from '@halfrate/core'
import { Estimator, holdOf, PRICE_BOOK } from '@halfrate/core/money'
import { expect, test } from 'vitest'
import { capOutlook } from '../../src/preflight/cap-outlook.js'
import { NOW } from '../screen/facts.js'

const BY = { book: PRICE_BOOK, at: NOW }
const ROW = { model: 'claude-haiku-4-5', maxTokens: 1_000, itemBytes: 4_000 }
const HOLD = holdOf({ ...ROW, ...BY }) as number

function outlook(capNano: number, spending: object = {}, count = 10): string {
  const estimator = new Estimator(BY)
  for (let row = 0; row < count; row += 1) estimator.add({ ...ROW, content: null })
  const estimate = estimator.estimate()
  const holds = { leastNano: HOLD as NanoUsd, mostNano: HOLD as NanoUsd }
  return capOutlook(capNano as NanoUsd, { ...NO_SPENDING, ...spending }, { estimate, holds })
}

test('under a cap all go at once, in turns, perhaps not all, or none', () => {
  const estimator = new Estimator(BY)
  for (let row = 0; row < 10; row += 1) estimator.add({ ...ROW, content: null })
  const { highNano } = estimator.estimate().batch
  expect(outlook(10 * HOLD)).toBe('all_at_once')
  expect(outlook(10 * HOLD - 1)).toBe('in_turns')
  expect(outlook(highNano + HOLD)).toBe('in_turns')
  expect(outlook(highNano + HOLD - 1)).toBe('may_stop')
  expect(outlook(HOLD)).toBe('may_stop')
  expect(outlook(HOLD - 1)).toBe('stops_at_once')
})

test('what is used counts, and what is under way may make room', () => {
  expect(outlook(10 * HOLD, { paidNano: HOLD })).toBe('in_turns')
  expect(outlook(10 * HOLD, { paidNano: 10 * HOLD })).toBe('stops_at_once')
  expect(outlook(10 * HOLD, { heldNano: 10 * HOLD, openAttempts: 10 })).toBe('may_stop')
})

test('of rows without a price nobody knows how far they get', () => {
  const rows = { estimate: new Estimator(BY).estimate(), holds: null }
  expect(capOutlook(1 as NanoUsd, NO_SPENDING, rows)).toBe('may_stop')
})
