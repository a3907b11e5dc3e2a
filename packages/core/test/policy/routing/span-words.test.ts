import { expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../../../src/model/time.js'
import { spanWords } from '../../../src/policy/routing/span-words.js'

test.each([
  [0, '0 s', '0 s'],
  [1, '0 s', '1 s'],
  [119_000, '119 s', '119 s'],
  [119_001, '119 s', '2 min'],
  [119 * MINUTE_MS + 1, '119 min', '2 h'],
  [200 * MINUTE_MS, '3 h 20 min', '3 h 20 min'],
  [10 * HOUR_MS - 1, '9 h 59 min', '10 h'],
  [30 * HOUR_MS + 1, '30 h', '31 h'],
])('%d ms left is %s, and %s when needed', (ms, down, up) => {
  expect([spanWords(ms, 'down'), spanWords(ms, 'up')]).toEqual([down, up])
})
