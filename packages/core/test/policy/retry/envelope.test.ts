import { describe, expect, test } from 'vitest'
import { withKeyTail } from '../../../src/policy/intake/index.js'
import { envelopeFaultOf } from '../../../src/policy/retry/envelope.js'
import { rowOf } from '../../engine/intake/arrange.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('the stored bytes of an item', () => {
  test.each([
    ['a body alone', null, '"a":1'],
    ['shared members and a body', '"system":"s"', '"a":1'],
    ['shared members alone', '"system":"s"', ''],
    ['an escaped pair', null, String.raw`"a":"\ud83d\ude00"`],
    ['an escaped backslash before a u', null, String.raw`"a":"\\ud800"`],
  ])('pass with %s', (_, prefix, body) => {
    const item = { prefix: prefix === null ? null : bytes(prefix), body: bytes(body) }
    expect(envelopeFaultOf(item)).toBeNull()
  })

  test('pass with the tail of a key', () => {
    const { prefix, body } = withKeyTail(rowOf('ä key', 1))
    expect(envelopeFaultOf({ prefix: prefix?.bytes ?? null, body })).toBeNull()
  })

  test('are refused when they are no UTF-8', () => {
    const body = Uint8Array.of(0x22, 0xff, 0x22)
    expect(envelopeFaultOf({ prefix: null, body })).toBe('not_utf8')
  })

  test('are refused when they are no members of an object', () => {
    expect(envelopeFaultOf({ prefix: null, body: bytes('"a":') })).toBe('not_json')
    expect(envelopeFaultOf({ prefix: bytes('"a":1,'), body: bytes('"b":2') })).toBe('not_json')
  })

  test.each([String.raw`"a":"\ud800"`, String.raw`"\udc00":1`, String.raw`"a":["\ude00\ud83d"]`])(
    'are suspicious with half a character (%s)',
    (body) => {
      expect(envelopeFaultOf({ prefix: null, body: bytes(body) })).toBe('lone_surrogate')
    },
  )
})
