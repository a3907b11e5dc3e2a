import { describe, expect, test } from 'vitest'
import { escapedText, unescapedText } from '../src/database/escaped-text.js'

const TEXTS = [
  '',
  'plain',
  'a\u0000b',
  'half \ud83d',
  '\udc00 half',
  '😀',
  '\\',
  '\\0000',
  '\\\\u',
  'é\u0000\\',
]

describe('text that PostgreSQL does not hold', () => {
  test.each(TEXTS)('comes back as it went in: %j', (text) => {
    expect(unescapedText(escapedText(text))).toBe(text)
  })

  test('different texts stay different', () => {
    expect(new Set(TEXTS.map(escapedText)).size).toBe(TEXTS.length)
  })

  test('what is stored has no NUL and is well formed', () => {
    for (const stored of TEXTS.map(escapedText)) {
      expect(stored).not.toContain('\0')
      expect(Buffer.from(stored).toString()).toBe(stored)
    }
  })
})
