import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvalidInputError } from '../../../src/errors.js'
import { type JsonMember, slicesOf } from '../../../src/policy/intake/json-member.js'
import { sliceMembers } from '../../../src/policy/intake/slice-members.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const seen = (text: string) => sliceMembers(encoder.encode(text))
const ruleOf = (input: string | Uint8Array): string | null => {
  try {
    sliceMembers(typeof input === 'string' ? encoder.encode(input) : input)
    return null
  } catch (error) {
    if (error instanceof InvalidInputError) return error.rule
    throw error
  }
}

/** What JSON.parse thinks of bytes that must be one object, without a word on repeated names. */
function parsed(bytes: Uint8Array): object | null {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

const rejoined = (bytes: Uint8Array, members: readonly JsonMember[]) =>
  `{${members.map(({ start, end }) => decoder.decode(bytes.subarray(start, end))).join(',')}}`

// Objects as programs write them, with names that need escapes and with space of every kind around everything.
const space = fc.constantFrom('', '', '', ' ', '\t', '\r', ' \r\n ')
const written = fc
  .tuple(
    fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
    fc.array(space),
    fc.boolean(),
  )
  .map(([value, spaces, isSpaced]) => (isSpaced ? spread(value, spaces) : JSON.stringify(value)))

function spread(value: object, spaces: readonly string[]): string {
  let next = 0
  const gap = () => spaces[next++ % Math.max(1, spaces.length)] ?? ''
  const members = Object.entries(value).map(
    ([name, inner]) =>
      `${gap()}${JSON.stringify(name)}${gap()}:${gap()}${JSON.stringify(inner)}${gap()}`,
  )
  return `${gap()}{${members.join(',')}}${gap()}`
}

describe('slicing', () => {
  test('gives names as they read and members as they came', () => {
    const text = ' {"a" : 1.0e+2 ,"\\u0062":{"x":[ ]},"c\\"":"\\ud800\\u0000"}\r'
    const bytes = encoder.encode(text)
    const members = sliceMembers(bytes)
    expect(members.map(({ name }) => name)).toEqual(['a', 'b', 'c"'])
    expect(members.map(({ start, end }) => decoder.decode(bytes.subarray(start, end)))).toEqual([
      '"a" : 1.0e+2',
      '"\\u0062":{"x":[ ]}',
      '"c\\"":"\\ud800\\u0000"',
    ])
    const slices = members.map((member) => slicesOf(bytes, member))
    expect(slices.map(({ name }) => decoder.decode(name))).toEqual(['a', '\\u0062', 'c\\"'])
    expect(slices.map(({ value }) => decoder.decode(value))).toEqual([
      '1.0e+2',
      '{"x":[ ]}',
      '"\\ud800\\u0000"',
    ])
  })

  test('gives the members of one member in the same pass', () => {
    const bytes = encoder.encode(
      '{"key":"a","params":{"model":"m","x":{"params":{}}},"p":{"params":1}}',
    )
    const members = sliceMembers(bytes, 0, bytes.length, { open: 'params' })
    expect(members.map((member) => member.members?.map(({ name }) => name) ?? null)).toEqual([
      null,
      ['model', 'x'],
      null,
    ])
  })

  test('reads only between start and end', () => {
    const bytes = encoder.encode('junk{"a":1}junk')
    expect(sliceMembers(bytes, 4, 11)).toHaveLength(1)
    expect(() => sliceMembers(bytes, 4, 10)).toThrow(InvalidInputError)
    expect(() => sliceMembers(bytes, 4, 12)).toThrow(InvalidInputError)
  })

  test('tells a name with an escaped backslash from the name that this would be an escape of', () => {
    for (let code = 0x30; code < 0x1000; code += 1) {
      const written = `\\u${code.toString(16).padStart(4, '0')}`
      const members = seen(`{"\\${written}":1,"${written}":2}`)
      expect(members.map(({ name }) => name)).toEqual([written, String.fromCharCode(code)])
    }
  })

  test('takes 256 levels and refuses 257', () => {
    const nest = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
    expect(ruleOf(nest(256))).toBeNull()
    expect(ruleOf(nest(257))).toBe('too_deep')
    expect(ruleOf('{"a":'.repeat(100_000))).toBe('too_deep')
  })

  test.each([
    ['lone surrogates that differ', '{"\\ud800":1,"\\ud801":2,"\ufffd":3}', null],
    ['a name that differs in its escape only', '{"a":1,"\\u0061":2}', 'duplicate_member'],
    ['a name again far below', '{"a":{"a":{"a":[{"a":1}]}}}', null],
    ['a name again in a sibling', '{"a":{"x":1},"b":{"x":1}}', null],
    [
      'a name again after an object with many names',
      `{"a":{${many(40)}},"b":{${many(40)}},"a":1}`,
      'duplicate_member',
    ],
    ['many names in each of two siblings', `{"a":[{${many(40)}},{${many(40)}}]}`, null],
    ['a name again among many', `{${many(40)},"n17":1}`, 'duplicate_member'],
    ['a name again among many, first of all', `{${many(40)},"n0":1}`, 'duplicate_member'],
    ['a name again among 16', `{${many(16)},"n15":1}`, 'duplicate_member'],
    ['many in many', `{${many(20)},"x":{${many(20)},"x":{${many(20)}}}}`, null],
    [
      'many in many, twice inside',
      `{${many(20)},"x":{${many(20)},"x":{${many(20)},"n19":1}}}`,
      'duplicate_member',
    ],
    ['many in many, twice outside', `{${many(20)},"x":{${many(20)}},"n3":1}`, 'duplicate_member'],
    ['more names than fit at first', deepNames(90), null],
    ['an empty name twice', '{"":1,"":2}', 'duplicate_member'],
    ['__proto__ like any name', '{"__proto__":1,"constructor":2}', null],
  ])('%s', (_, text, rule) => {
    expect(ruleOf(text)).toBe(rule)
  })
})

function many(count: number): string {
  return Array.from({ length: count }, (_, index) => `"n${index}":${index}`).join()
}

function deepNames(levels: number): string {
  return [`{${many(5)},"x":`.repeat(levels), '0', '}'.repeat(levels)].join('')
}

describe('against JSON.parse', () => {
  test('what it takes is taken, and the slices joined again read the same', () => {
    fc.assert(
      fc.property(written, (text) => {
        const bytes = encoder.encode(text)
        const members = sliceMembers(bytes)
        expect(JSON.parse(rejoined(bytes, members))).toEqual(JSON.parse(text))
        expect(members.map(({ name }) => name).sort()).toEqual(Object.keys(JSON.parse(text)).sort())
      }),
      { numRuns: 1_000 },
    )
  })

  test('what it refuses is refused, and nothing else but repeated names', () => {
    const mutation = fc.tuple(fc.nat(), fc.constantFrom('cut', 'put', 'set', 'swap'), mutantByte())
    fc.assert(
      fc.property(
        written,
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (text, mutations) => {
          const bytes = mutations.reduce(mutate, encoder.encode(text))
          const value = parsed(bytes)
          const rule = ruleOf(bytes)
          if (value === null) expect(rule).not.toBeNull()
          else expect(['duplicate_member', null]).toContain(rule)
        },
      ),
      { numRuns: 3_000 },
    )
  })
})

function mutantByte() {
  const telling = Array.from('"\\{}[],:0-+.eEtfnu \t\n\r\0', (char) => char.charCodeAt(0))
  return fc.oneof(
    fc.constantFrom(...telling, 0x1f, 0x7f, 0x80, 0xc2, 0xed, 0xf4, 0xff),
    fc.nat(255),
  )
}

function mutate(bytes: Uint8Array, [place, kind, byte]: [number, string, number]): Uint8Array {
  const at = place % (bytes.length + 1)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  if (kind === 'cut') return Uint8Array.from([...before, ...after.subarray(1)])
  if (kind === 'put') return Uint8Array.from([...before, byte, ...after])
  if (kind === 'set') return Uint8Array.from([...before, byte, ...after.subarray(1)])
  return Uint8Array.from([
    ...before,
    ...after.subarray(1, 2),
    ...after.subarray(0, 1),
    ...after.subarray(2),
  ])
}
