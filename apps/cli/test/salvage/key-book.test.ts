import { keyHashOf, keyTailOf, readKeyTail } from '@halfrate/core/intake'
import { nodeDigest } from '@halfrate/runtime'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyBook } from '../../src/salvage/key-book.js'

const keys = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
const tailOf = (key: string) => readKeyTail(keyTailOf(key, keyHashOf(key, nodeDigest.hash128)))

test('a book finds each key of an input by its tail', () => {
  fc.assert(
    fc.property(fc.uniqueArray(keys, { maxLength: 20 }), (all) => {
      const book = new KeyBook()
      for (const key of [...all, ...all]) book.add(key)
      for (const key of all) expect(book.find(tailOf(key))).toMatchObject({ key })
    }),
  )
})

test('a book finds none for a tail that is not there', () => {
  expect(new KeyBook().find(tailOf('a key of spaces'))).toEqual({ type: 'unmatched' })
})
