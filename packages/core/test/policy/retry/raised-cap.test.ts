import { expect, test } from 'vitest'
import { mayBeRaised } from '../../../src/policy/retry/raised-cap.js'

const RAISE = { accept: [], raiseMaxTokensTo: 4_000 } as const
const CUT_OFF = { stopReason: 'max_tokens', outputTokens: 1_000 }

test('what a lower cap cut off is left for the close', () => {
  expect(mayBeRaised(CUT_OFF, RAISE)).toBe(true)
  expect(mayBeRaised({ ...CUT_OFF, outputTokens: null }, RAISE)).toBe(true)
})

test.each([
  ['the raised cap cut it off', { ...CUT_OFF, outputTokens: 4_000 }, RAISE],
  ['the context is full', { ...CUT_OFF, stopReason: 'model_context_window_exceeded' }, RAISE],
  ['a turn was paused', { ...CUT_OFF, stopReason: 'pause_turn' }, RAISE],
  ['it was refused', { ...CUT_OFF, stopReason: 'refusal' }, RAISE],
  ['it says nothing', { ...CUT_OFF, stopReason: null }, RAISE],
  ['the queue accepts it', CUT_OFF, { ...RAISE, accept: ['cut_off'] as const }],
  ['the queue raises no caps', CUT_OFF, { ...RAISE, raiseMaxTokensTo: 0 }],
])('it is decided at once where %s', (_, success, policy) => {
  expect(mayBeRaised(success, policy)).toBe(false)
})
