import { expect, test } from 'vitest'
import { blobMark } from '../../../src/policy/intake/blob-mark.js'
import { withModel } from '../../../src/policy/intake/with-model.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function asked(body: string, prefix: string | null = null, model = 'claude-b'): unknown {
  const stored = {
    body: encoder.encode(body),
    prefix: prefix === null ? null : encoder.encode(prefix),
  }
  const made = withModel(stored, model)
  return made === null ? null : { ...made, body: decoder.decode(made.body) }
}

test('only the model is another one, and every other byte stays', () => {
  const [before, after] = ['"max_tokens": 1e2, "mod\\u0065l" : ', ',"messages":[ ]']
  const standsAlone = false
  expect(asked(`${before}"claude-a"${after}`)).toEqual({
    body: `${before}"claude-b"${after}`,
    standsAlone,
  })
  expect(asked('"model":"a"', '"system":"x"')).toEqual({ body: '"model":"claude-b"', standsAlone })
  expect(asked('"model":"a"', null, 'a "b" ü')).toEqual({
    body: '"model":"a \\"b\\" ü"',
    standsAlone,
  })
})

test('a body stands alone whose model was among the members that it shared', () => {
  const shared = '"model": "claude-a","system":"[\\u0022]"'
  const changed = '"model": "claude-b","system":"[\\u0022]"'
  const standsAlone = true
  expect(asked('"messages":[1]', shared)).toEqual({
    body: `${changed},"messages":[1]`,
    standsAlone,
  })
  expect(asked('', shared)).toEqual({ body: changed, standsAlone })
})

test('the mark of a tail stays at the beginning, and marks of files where they are', () => {
  const tail = Uint8Array.of(0xfe, 0x2d, 0x6b, 0xfe)
  const file = blobMark({ hash: new Uint8Array(32).fill(7), size: 9 })
  const own = Uint8Array.of(...encoder.encode('"file":"'), ...file, 0x22)
  const made = withModel(
    { body: Uint8Array.of(...tail, ...own), prefix: encoder.encode('"model":1') },
    'b',
  )
  expect(made?.body).toEqual(Uint8Array.of(...tail, ...encoder.encode('"model":"b",'), ...own))
})

test('none for params without a model', () => {
  expect(asked('"messages":[]', '"system":"x"')).toBeNull()
  expect(asked('"messages":[{"model":"a"}]')).toBeNull()
})
