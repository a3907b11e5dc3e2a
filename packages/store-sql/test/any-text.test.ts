import { expect, test } from 'vitest'
import { anyTextOf, textOfAny } from '../src/index.js'

test.each(['', 'plain', 'a\0b', 'claim 🧾', '\ufffd'])('%j is stored as text', (text) => {
  expect(anyTextOf(text)).toBe(text)
  expect(textOfAny(text)).toBe(text)
})

test.each(['\ud800', 'a\udfffb', '\udc00\ud800', '\0\ud800'])(
  '%j is stored as bytes and read back',
  (text) => {
    const stored = anyTextOf(text)
    expect(stored).toBeInstanceOf(Uint8Array)
    expect(textOfAny(stored)).toBe(text)
  },
)

test('bytes are read from wherever they stand in their buffer', () => {
  const stored = anyTextOf('\ud800x') as Uint8Array
  const shifted = new Uint8Array(stored.length + 3)
  shifted.set(stored, 3)
  expect(textOfAny(shifted.subarray(3))).toBe('\ud800x')
})
