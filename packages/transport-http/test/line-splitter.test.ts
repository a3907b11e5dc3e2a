import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LineSplitter } from '../src/index.js'

/** The rules again, over the whole bytes at once. */
function referenceLines(bytes: Uint8Array, maxLineBytes: number): string[] {
  return Buffer.from(bytes)
    .toString('latin1')
    .split('\n')
    .filter((line) => line.length <= maxLineBytes)
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line) => line !== '')
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => Math.floor(place * bytes.length)), bytes.length]
  let start = 0
  return ends
    .sort((a, b) => a - b)
    .map((end) => {
      const chunk = bytes.slice(start, end)
      start = end
      return chunk
    })
}

function split(chunks: readonly Uint8Array[], maxLineBytes = 1_000): LineSplitterRun {
  const splitter = new LineSplitter({ maxLineBytes })
  const lines = [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.finish()]
  return { lines: lines.map((line) => Buffer.from(line).toString('latin1')), splitter }
}

interface LineSplitterRun {
  readonly lines: string[]
  readonly splitter: LineSplitter
}

// Mostly the bytes that matter, so that short inputs meet all rules.
const byte = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0x0a, 0x0d, 0x61, 0x20) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
)
const bytes = fc.array(byte, { maxLength: 200 }).map((values) => Uint8Array.from(values))
const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 })

describe('the line splitter', () => {
  test('cuts any bytes like the reference, however they are chunked', () => {
    fc.assert(
      fc.property(bytes, places, fc.integer({ min: 1, max: 40 }), (input, at, maxLineBytes) => {
        const { lines } = split(cut(input, at), maxLineBytes)
        expect(lines).toEqual(referenceLines(input, maxLineBytes))
      }),
      { numRuns: 20_000 },
    )
  })

  test('leaves its input as it was, and lines stay right after later chunks', () => {
    fc.assert(
      fc.property(bytes, places, (input, at) => {
        const chunks = cut(input, at)
        const before = chunks.map((chunk) => Buffer.from(chunk).toString('hex'))
        const splitter = new LineSplitter({ maxLineBytes: 1_000 })
        const seen: { line: Uint8Array; hex: string }[] = []
        for (const chunk of chunks) {
          for (const line of splitter.push(chunk)) {
            seen.push({ line, hex: Buffer.from(line).toString('hex') })
          }
        }
        expect(chunks.map((chunk) => Buffer.from(chunk).toString('hex'))).toEqual(before)
        for (const { line, hex } of seen) expect(Buffer.from(line).toString('hex')).toBe(hex)
      }),
    )
  })

  test('cuts at line feeds only: not at U+2028, U+2029, U+0085 or a lone carriage return', () => {
    const text = '{"a":"\u2028\u2029\u0085\r"}\n{"b":1}\r\n'
    const { lines } = split([Buffer.from(text)])
    expect(lines.map((line) => Buffer.from(line, 'latin1').toString())).toEqual([
      '{"a":"\u2028\u2029\u0085\r"}',
      '{"b":1}',
    ])
  })

  test('takes off one carriage return and no more', () => {
    expect(split([Buffer.from('a\r\r\nb\r')]).lines).toEqual(['a\r', 'b'])
  })

  test('skips blank lines and takes a last line without a line feed', () => {
    expect(split([Buffer.from('\n\r\n\na\n\nb')]).lines).toEqual(['a', 'b'])
  })

  test('counts what was too long, and numbers the first of it among the lines', () => {
    const run = split([Buffer.from('aa\n\nbbbb\ncc\nddd'), Buffer.from('ddd\ne')], 3)
    expect(run.lines).toEqual(['aa', 'cc', 'e'])
    expect(run.splitter.tooLong).toEqual({ count: 2, firstNumber: 2 })
  })

  test('holds no more of a line than is allowed, whatever comes', () => {
    const splitter = new LineSplitter({ maxLineBytes: 100 })
    const chunk = new Uint8Array(1024 * 1024).fill(0x61)
    for (let turn = 0; turn < 100; turn += 1) expect(splitter.push(chunk)).toEqual([])
    expect(splitter.push(Buffer.from('\nb\n'))).toHaveLength(1)
  })

  test('takes a line of the longest length allowed', () => {
    expect(split([Buffer.from('ab'), Buffer.from('c\n')], 3).lines).toEqual(['abc'])
  })
})
