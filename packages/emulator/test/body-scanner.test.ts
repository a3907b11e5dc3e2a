import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BodyScanner } from '../src/http/body-scanner.js'

interface Scan {
  items: unknown[]
  shape: string
}

/** Feeds a body to the scanner in pieces that end at the given cuts. */
function scan(bytes: Uint8Array, cuts: readonly number[] = []): Scan {
  const items: unknown[] = []
  const scanner = new BodyScanner((item) => items.push(item))
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  let from = 0
  for (const end of [...ends, bytes.length]) {
    // A copy that is wiped afterwards shows whether the scanner holds on to what it was lent.
    const piece = bytes.slice(from, end)
    scanner.push(piece)
    piece.fill(0x22)
    from = end
  }
  return { items, shape: scanner.finish().type }
}

/** What `JSON.parse` of the whole text makes of it. */
function whole(text: string): Scan {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return { items: [], shape: 'malformed' }
  }
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'requests')) {
    return { items: [], shape: 'missing' }
  }
  const { requests } = body as { requests: unknown }
  return Array.isArray(requests)
    ? { items: requests, shape: 'list' }
    : { items: [], shape: 'not_a_list' }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const cuts = fc.array(fc.nat(), { maxLength: 12 })
const item = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.record({ custom_id: fc.string({ unit: 'binary' }), params: fc.jsonValue({ maxDepth: 4 }) }),
)

describe('the body scanner', () => {
  test('gives the same requests as parsing the whole body, however it is cut', () => {
    const body = fc.record({
      before: fc.dictionary(fc.string(), fc.jsonValue()),
      requests: fc.array(item, { maxLength: 8 }),
      after: fc.dictionary(fc.string(), fc.jsonValue()),
      indent: fc.constantFrom(undefined, 1, '\t'),
      cuts,
    })
    fc.assert(
      fc.property(body, ({ before, requests, after, indent, cuts }) => {
        const { requests: _, ...rest } = after
        const text = JSON.stringify({ ...before, requests, ...rest }, null, indent)
        expect(scan(bytesOf(text), cuts)).toEqual(whole(text))
      }),
      { numRuns: 400 },
    )
  })

  test('accepts a damaged body just when the whole would parse', () => {
    const pieces = fc.constantFrom(
      ...'{}[],:"\\ \n',
      '"requests"',
      '0',
      '{"a":[1]}',
      'null',
      'é',
      '1e5',
    )
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 3 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(3), pieces), { maxLength: 3 }),
        cuts,
        (requests, edits, cuts) => {
          let text = JSON.stringify({ model: 'x', requests, more: [{ requests: [1] }] })
          for (const [at, cut, put] of edits) {
            const from = at % (text.length + 1)
            text = text.slice(0, from) + put + text.slice(from + cut)
          }
          const expected = whole(new TextDecoder().decode(bytesOf(text)))
          const actual = scan(bytesOf(text), cuts)
          // Two members of the name are refused, though a parser would take the last.
          if (expected.shape !== 'malformed' && actual.shape === 'malformed') {
            expect(text.match(/"requests"/g)?.length).toBeGreaterThan(1)
            return
          }
          expect(actual.shape).toBe(expected.shape)
          if (expected.shape === 'list') expect(actual.items).toEqual(expected.items)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['an escaped name', '{"\\u0072equests":[1,2]}', 'list', [1, 2]],
    ['the name deeper down', '{"a":{"requests":[1]}}', 'missing', []],
    ['the name as a value', '{"a":"requests","b":[1]}', 'missing', []],
    ['an empty list', '{"requests":[ ]}', 'list', []],
    ['a list that is none', '{"requests":{"0":1}}', 'not_a_list', []],
    ['a bare list', '[{"custom_id":"a"}]', 'missing', []],
    ['nothing', '', 'malformed', []],
    ['a trailing comma', '{"requests":[1,]}', 'malformed', [1]],
    ['no comma', '{"requests":[{"a":1} {"b":2}]}', 'malformed', []],
    ['more after the end', '{"requests":[1]}x', 'malformed', [1]],
    ['the name twice', '{"requests":[1],"requests":[2]}', 'malformed', [1]],
    ['brackets that do not match', '{"requests":[1}}', 'malformed', [1]],
  ])('reads %s', (_, text, shape, items) => {
    expect(scan(bytesOf(text))).toEqual({ items, shape })
  })

  test('refuses bytes that are no UTF-8', () => {
    const bytes = bytesOf('{"requests":["~"]}')
    bytes[bytes.indexOf(0x7e)] = 0xff
    expect(scan(bytes).shape).toBe('malformed')
  })
})
