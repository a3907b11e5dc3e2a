import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  keyTailOf,
  splitBody,
  tailMarkBytes,
  withKeyTail,
} from '../../../src/policy/intake/index.js'
import { rowOf } from '../../engine/intake/arrange.js'

const keys = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
const text = (bytes: Uint8Array | null) => new TextDecoder().decode(bytes ?? undefined)

test('a row with a tail says which, is longer by it, and has the same body behind the mark', () => {
  fc.assert(
    fc.property(keys, fc.string({ unit: 'binary', maxLength: 40 }), (key, content) => {
      const row = rowOf(key, 1, content)
      const tailed = withKeyTail(row)
      const tail = keyTailOf(key, row.keyHash)
      const split = splitBody(tailed.body)
      expect(text(split.tail)).toBe(tail)
      expect(Buffer.compare(split.body, row.body)).toBe(0)
      expect(tailed).toEqual({
        ...row,
        body: tailed.body,
        itemBytes: row.itemBytes + tail.length,
      })
      expect(splitBody(row.body)).toEqual({ tail: null, body: row.body })
    }),
  )
})

test('a body of no members has a tail as well', () => {
  const { body } = withKeyTail({ ...rowOf('k1', 1), body: new Uint8Array() })
  expect(text(splitBody(body).tail)).toBe('-k1')
  expect(splitBody(body).body).toHaveLength(0)
})

test.each([
  ['nothing', []],
  ['an opening alone', [0xfe]],
  ['a mark of nothing', [0xfe, 0xfe, 0x22]],
  ['a tail of one character', [0xfe, 0x2d, 0xfe]],
  ['a tail without an end', [0xfe, ...new Array<number>(30).fill(0x61)]],
  ['a tail of 23 characters', [0xfe, ...new Array<number>(23).fill(0x61), 0xfe]],
  ['a mark that does not stand first', [0x22, 0xfe, 0x2d, 0x61, 0xfe]],
])('%s is no mark', (_, bytes) => {
  const body = Uint8Array.from(bytes)
  expect(tailMarkBytes(body)).toBe(0)
  expect(splitBody(body)).toEqual({ tail: null, body })
})
