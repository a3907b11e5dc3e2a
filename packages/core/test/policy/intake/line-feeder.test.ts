import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LineFeeder } from '../../../src/policy/intake/line-feeder.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function feed(chunks: readonly Uint8Array[]): (readonly [number, string])[] {
  const feeder = new LineFeeder({ file: 'a.jsonl' })
  const lines: (readonly [number, string])[] = []
  for (const chunk of chunks) {
    // One buffer for all chunks, as a reader of files has it.
    for (const { line, bytes } of feeder.push(chunk)) lines.push([line, decoder.decode(bytes)])
    chunk.fill(0x58)
  }
  for (const { line, bytes } of feeder.end()) lines.push([line, decoder.decode(bytes)])
  return lines
}

describe('cutting an input into lines', () => {
  test('cuts at newlines alone and counts blank lines', () => {
    expect(feed([encoder.encode('a\r\n\n\u2028\u0085b\nc')])).toEqual([
      [1, 'a\r'],
      [2, ''],
      [3, '\u2028\u0085b'],
      [4, 'c'],
    ])
  })

  test('gives no line for an empty input and none after a last newline', () => {
    expect(feed([])).toEqual([])
    expect(feed([encoder.encode('')])).toEqual([])
    expect(feed([encoder.encode('a\n')])).toEqual([[1, 'a']])
  })

  test('gives the same lines however the input is cut into chunks', () => {
    const input = fc.array(fc.constantFrom('a', 'ü', '日本', '\n', '\n', '\r\n', '{"k":1}'))
    fc.assert(
      fc.property(input, fc.array(fc.integer({ min: 1, max: 9 })), (pieces, sizes) => {
        const text = pieces.join('')
        const expected = text.split('\n').map((line, index) => [index + 1, line])
        if (expected.at(-1)?.[1] === '') expected.pop()
        expect(feed(chunksOf(encoder.encode(text), sizes))).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  test('takes a line of exactly the limit, also when it comes in pieces', () => {
    const feeder = new LineFeeder({ maxLineBytes: 4 })
    const lengths = [
      ...feeder.push(encoder.encode('abcd\nab')),
      ...feeder.push(encoder.encode('cd\n')),
    ]
    expect(lengths.map(({ bytes }) => bytes.length)).toEqual([4, 4])
    expect(() => [...feeder.push(encoder.encode('abcde\n'))]).toThrow('expected at most 4 bytes')
  })
})

function chunksOf(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % Math.max(1, sizes.length)] ?? 4
    chunks.push(bytes.slice(at, at + size))
    at += size
  }
  return chunks
}
