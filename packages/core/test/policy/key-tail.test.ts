import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CUSTOM_ID_LENGTH } from '../../src/index.js'
import { keyTailOf, MAX_KEY_TAIL_LENGTH, readKeyTail } from '../../src/policy/key-tail.js'

const keys = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
const safeKeys = fc.stringMatching(/^[A-Za-z0-9_-]{1,21}$/)

const hash = (key: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(key).digest().subarray(0, 16))
const tailOf = (key: string): string => keyTailOf(key, hash(key))

test('a tail is at most 22 characters that a custom id may have, and with it an id has at most 64', () => {
  fc.assert(
    fc.property(keys, (key) => {
      expect(tailOf(key)).toMatch(/^[-_][A-Za-z0-9_-]{1,21}$/)
    }),
  )
  expect(CUSTOM_ID_LENGTH + MAX_KEY_TAIL_LENGTH).toBe(64)
  expect(tailOf('é'.repeat(200))).toHaveLength(MAX_KEY_TAIL_LENGTH)
})

test('a short key stands in its tail whole', () => {
  fc.assert(
    fc.property(safeKeys, (key) => {
      expect(readKeyTail(tailOf(key))).toEqual({ type: 'whole', key })
    }),
  )
})

test('a tail of any other key is never taken for a whole one', () => {
  fc.assert(
    fc.property(keys, (key) => {
      const tail = readKeyTail(tailOf(key))
      expect(tail.type === 'whole' ? tail.key : key).toBe(key)
      expect(tail.type).not.toBe('none')
    }),
  )
})

test('a tail ends like its key, for the eye', () => {
  expect(tailOf('docs/decisions/0001.md')).toBe('_f1a576a5sions_0001_md')
  expect(tailOf('claim-8812')).toBe('-claim-8812')
})

test('what something else wrote tells nothing', () => {
  for (const text of ['', '-', '_', 'claim-8812', '_claim-8812', `-${'a'.repeat(22)}`]) {
    expect(readKeyTail(text), text).toEqual({ type: 'none' })
  }
})
