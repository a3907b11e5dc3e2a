import { expect, test } from 'vitest'
import { clustersOf, widthOf } from '../../src/screen/text-width.js'

test.each([
  ['claim-1 · 37 % ░█ $4.10–5.30', 28],
  ['請求', 4],
  ['요청', 4],
  ['ﾊﾝｶｸ', 4],
  ['🚀✅⚡', 6],
  ['👩‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['❤️', 2],
  ['e\u0301 ที่', 3],
  ['a\u200bb', 2],
])('%s takes the columns that a terminal gives it', (text, width) => {
  expect(widthOf(text)).toBe(width)
})

test('a character as a reader sees it is one, whatever it is made of', () => {
  expect(clustersOf('e\u0301a👩‍👩‍👧')).toEqual(['e\u0301', 'a', '👩‍👩‍👧'])
})
