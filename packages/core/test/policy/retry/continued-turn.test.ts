import { expect, test } from 'vitest'
import { mayBeContinued } from '../../../src/policy/retry/continued-turn.js'

const ONCE = { accept: [], continueAtMost: 1 } as const

test('what paused is left for the close', () => {
  expect(mayBeContinued({ stopReason: 'pause_turn' }, ONCE)).toBe(true)
})

test.each([
  ['its cap cut it off', 'max_tokens', ONCE],
  ['it was refused', 'refusal', ONCE],
  ['it says nothing', null, ONCE],
  ['the queue accepts it', 'pause_turn', { ...ONCE, accept: ['cut_off'] as const }],
  ['the queue never goes on', 'pause_turn', { ...ONCE, continueAtMost: 0 }],
])('it is decided at once where %s', (_, stopReason, policy) => {
  expect(mayBeContinued({ stopReason }, policy)).toBe(false)
})
