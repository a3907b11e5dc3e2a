import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CUSTOM_ID_LENGTH, contentLengthOf, itemBytesOf } from '../../src/index.js'
import {
  BODY_HEAD,
  BODY_TAIL,
  ITEM_HEAD,
  ITEM_MIDDLE,
  ITEM_TAIL,
} from '../../src/policy/wire-size.js'

const encoder = new TextEncoder()
const customId = 'x'.repeat(CUSTOM_ID_LENGTH)

function item(prefix: string, body: string): string {
  const members = [prefix, body].filter((part) => part !== '').join(',')
  return ITEM_HEAD + customId + ITEM_MIDDLE + members + ITEM_TAIL
}

const member = fc
  .tuple(fc.string({ minLength: 1, maxLength: 8 }), fc.jsonValue())
  .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
const members = fc.array(member, { maxLength: 3 }).map((parts) => parts.join(','))

test('the size of an item is known before it is written', () => {
  fc.assert(
    fc.property(members, members, (prefix, body) => {
      const expected = encoder.encode(item(prefix, body)).length
      const sizes = [prefix, body].map((text) => encoder.encode(text).length) as [number, number]
      expect(itemBytesOf(...sizes)).toBe(expected)
    }),
  )
})

test('the size of a whole body is known before it is written, and it is JSON', () => {
  const anyItem = fc.tuple(fc.constant('"model":"m"'), members)
  fc.assert(
    fc.property(fc.array(anyItem, { maxLength: 5 }), (parts) => {
      const items = parts.map(([prefix, body]) => item(prefix, body))
      const text = BODY_HEAD + items.join(',') + BODY_TAIL
      const itemsBytes = items.reduce((sum, each) => sum + encoder.encode(each).length, 0)
      expect(contentLengthOf(itemsBytes, items.length)).toBe(encoder.encode(text).length)
      expect(JSON.parse(text)).toMatchObject({
        requests: items.map(() => ({ custom_id: customId })),
      })
    }),
  )
})

test('a body without items is a body without items', () => {
  expect(contentLengthOf(0, 0)).toBe('{"requests":[]}'.length)
})
