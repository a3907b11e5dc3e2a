import { expect, test } from 'vitest'
import { mayBeAskedOfOther, otherModelFor } from '../../../src/policy/retry/other-model.js'

const ASK = { accept: [], askRefusedOf: 'claude-b' } as const
const REFUSED = {
  stopReason: 'refusal',
  reasons: [],
  model: 'claude-a',
  mostTokens: null,
  problem: null,
} as const

test('a refusal is left for the close, and then another model is asked', () => {
  expect(mayBeAskedOfOther(REFUSED, ASK)).toBe(true)
  expect(otherModelFor(REFUSED, ASK)).toBe('claude-b')
  const cut = { ...REFUSED, reasons: ['cut_off_raised', 'pause_continued'] as const }
  expect(otherModelFor(cut, ASK)).toBe('claude-b')
})

test.each([
  ['it was cut off', 'max_tokens', ASK],
  ['it says nothing', null, ASK],
  ['the queue accepts it', 'refusal', { ...ASK, accept: ['refused'] as const }],
  ['the queue asks nobody else', 'refusal', { ...ASK, askRefusedOf: null }],
])('it is decided at once where %s', (_, stopReason, policy) => {
  expect(mayBeAskedOfOther({ stopReason }, policy)).toBe(false)
  expect(otherModelFor({ ...REFUSED, stopReason }, policy)).toBeNull()
})

test.each([
  ['another one was asked before', { reasons: ['refused_other_model'] as const }],
  ['it refused itself', { model: 'claude-b' }],
  ['nobody knows which one was asked', { model: null }],
])('no other model is asked where %s', (_, story) => {
  expect(otherModelFor({ ...REFUSED, ...story }, ASK)).toBeNull()
})
