import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KeyBook } from '../../src/salvage/key-book.js'
import { keyTailOf, readKeyTail } from '../../src/salvage/key-tail.js'

const keys = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
const safeKeys = fc.stringMatching(/^[A-Za-z0-9_-]{1,21}$/)

describe('the tail of a key', () => {
  test('is at most 22 characters that a custom id may have', () => {
    fc.assert(fc.property(keys, (key) => /^[-_][A-Za-z0-9_-]{1,21}$/.test(keyTailOf(key))))
  })

  test('holds a short key whole', () => {
    fc.assert(
      fc.property(safeKeys, (key) => {
        expect(readKeyTail(keyTailOf(key))).toEqual({ type: 'whole', key })
      }),
    )
  })

  test('of any other is never taken for a whole key', () => {
    fc.assert(
      fc.property(keys, (key) => {
        const tail = readKeyTail(keyTailOf(key))
        expect(tail.type === 'whole' ? tail.key : key).toBe(key)
        expect(tail.type).not.toBe('none')
      }),
    )
  })

  test('ends like its key, for the eye', () => {
    expect(keyTailOf('docs/decisions/0001.md')).toBe('_f1a576a5sions_0001_md')
    expect(keyTailOf('claim-8812')).toBe('-claim-8812')
  })

  test('that something else wrote tells nothing', () => {
    for (const text of ['', '-', '_', 'claim-8812', '_claim-8812', `-${'a'.repeat(22)}`]) {
      expect(readKeyTail(text), text).toEqual({ type: 'none' })
    }
  })
})

describe('a book of keys', () => {
  test('finds each key of an input by its tail', () => {
    fc.assert(
      fc.property(fc.uniqueArray(keys, { maxLength: 20 }), (all) => {
        const book = new KeyBook()
        for (const key of [...all, ...all]) book.add(key)
        for (const key of all) {
          expect(book.find(readKeyTail(keyTailOf(key)))).toMatchObject({ key })
        }
      }),
    )
  })

  test('finds none for a tail that is not there', () => {
    expect(new KeyBook().find(readKeyTail(keyTailOf('a key of spaces')))).toEqual({
      type: 'unmatched',
    })
  })
})
