import { expect, test } from 'vitest'
import { roundedUp } from '../../src/screen/budget-text.js'
import { usd } from './facts.js'

test.each([
  [12.341, 12.35],
  [0.5, 0.5],
  [0.121, 0.13],
  [0.0281, 0.029],
  [0.00191, 0.002],
  [0.0019, 0.0019],
  [0.000000007, 0.000000007],
])(
  'a cap of $%d is asked for as $%d: enough, and no more than its first figures say',
  (needed, asked) => {
    expect(roundedUp(usd(needed))).toBe(usd(asked))
  },
)
