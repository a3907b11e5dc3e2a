import { expect, test } from 'vitest'
import { clip } from '../../src/screen/line.js'
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

test('what is cut off is cut off between characters as a reader sees them', () => {
  expect(clip('ab👩‍👩‍👧cd', 5)).toBe('ab👩‍👩‍👧…')
  expect(clip('ab👩‍👩‍👧cd', 4)).toBe('ab…')
  expect(clustersOf('e\u0301a')).toEqual(['e\u0301', 'a'])
})
