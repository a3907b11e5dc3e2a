import { describe, expect, test } from 'vitest'
import { describeRefusals, LINE_ADVICE, refusedLine, withParams } from './refusal-table.js'

const ONE_LINE = 'Every request stands on one line of its own.'
const TWICE = 'Readers of JSON disagree about which of the two counts.'

describeRefusals('what is no strict JSON is refused', [
  [
    '[{"key":"a"}]',
    'invalid_json',
    null,
    'expected a JSON object, got an array.',
    "Every request stands on one line of its own; jq -c '.[]' makes lines of an array.",
  ],
  ['"text"', 'invalid_json', null, 'expected a JSON object, got "text" at column 1.'],
  ['  hello world', 'invalid_json', null, 'expected a JSON object, got hello at column 3.'],
  [
    '{',
    'invalid_json',
    null,
    'expected a member name in quotes, got the end of the line.',
    ONE_LINE,
  ],
  [
    '{"key":"a"',
    'invalid_json',
    'key',
    'expected a comma or }, got the end of the line.',
    ONE_LINE,
  ],
  ['{"key":"a",}', 'invalid_json', null, 'expected a member name in quotes, got } at column 12.'],
  ["{'key':'a'}", 'invalid_json', null, "expected a member name in quotes, got ' at column 2."],
  ['{"key" "a"}', 'invalid_json', 'key', 'expected a colon, got "a" at column 8.'],
  ['{"key":nul}', 'invalid_json', 'key', 'expected a value, got nul at column 8.'],
  [
    '{"key":"a"} trailing',
    'invalid_json',
    null,
    'expected the end of the line, got trailing at column 13.',
  ],
  ['{"ü":01}', 'invalid_json', 'ü', 'expected a comma or }, got 1 at column 7.'],
  ['{"key":-}', 'invalid_json', 'key', 'expected a digit, got } at column 9.'],
  ['{"key":1.}', 'invalid_json', 'key', 'expected a digit, got } at column 10.'],
  [
    withParams('{"messages":[{"role":"user"},{"content":[1,]}]}'),
    'invalid_json',
    'params.messages.1.content.1',
    'expected a value, got ] at column 64.',
  ],
  ['{"key":"a', 'invalid_json', 'key', 'expected ", got the end of the line.'],
  ['{"key":"a\\x"}', 'invalid_json', 'key', 'expected a JSON escape, got \\x at column 10.'],
  ['{"key":"a\\u00zz"}', 'invalid_json', 'key', 'expected a JSON escape, got \\u at column 10.'],
  [
    '{"key":"a\u0007b"}',
    'invalid_json',
    'key',
    'expected control characters to be escaped, got a raw \\u0007 at column 10.',
  ],
  ['{"key":\u202e1}', 'invalid_json', 'key', 'expected a value, got \\u202e at column 8.'],
  [
    '{"key":"a","key":"b"}',
    'duplicate_member',
    'key',
    'expected every member once, got this one again at column 12.',
    TWICE,
  ],
  [
    withParams('{"a":1,"\\u0061":2}'),
    'duplicate_member',
    'params.a',
    'expected every member once, got this one again at column 28.',
    TWICE,
  ],
  [
    withParams('{"messages":[{"x":{"b":1,"b":1}}]}'),
    'duplicate_member',
    'params.messages.0.x.b',
    'expected every member once, got this one again at column 46.',
    TWICE,
  ],
  [
    withParams(`{"a":${'['.repeat(255)}${']'.repeat(255)}}`),
    'too_deep',
    `params.a.${'0.'.repeat(6)}….0.0.0`,
    'expected at most 256 objects and arrays in each other, got more at column 280.',
  ],
])

describe('bytes that are no text', () => {
  const utf8 = 'Write the input as UTF-8.'

  test('a byte that is not UTF-8 is shown with its column in characters', () => {
    const line = Uint8Array.from([...new TextEncoder().encode('{"key":"ü'), 0xff, 0x22, 0x7d])
    const error = refusedLine(line)
    expect(error.message).toBe(
      'requests.jsonl:118: key: expected UTF-8, got the byte 0xff at column 10.',
    )
    expect(error.rule).toBe('not_utf8')
    expect(error.nextStep).toBe(`${utf8} ${LINE_ADVICE}`)
  })

  test.each([
    ['a form that is longer than needed', [0xc0, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['more than U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['three bytes for two', [0xe0, 0x80, 0x80]],
    ['four bytes for three', [0xf0, 0x80, 0x80, 0x80]],
    ['a trail without a head', [0x80]],
    ['a head without its trail', [0xe2, 0x82]],
  ])('%s is not UTF-8', (_, bytes) => {
    const line = Uint8Array.from([...new TextEncoder().encode('{"key":"'), ...bytes, 0x22, 0x7d])
    expect(refusedLine(line).rule).toBe('not_utf8')
  })

  test.each([
    ['with a mark', [0xff, 0xfe, 0x7b, 0x00]],
    ['without one, low byte first', [0x7b, 0x00, 0x22, 0x00]],
    ['without one, high byte first', [0x00, 0x7b, 0x00, 0x22]],
  ])('UTF-16 %s is named', (_, bytes) => {
    const error = refusedLine(Uint8Array.from(bytes))
    expect(error.message).toBe('requests.jsonl:118: expected UTF-8, got what looks like UTF-16.')
    expect(error.nextStep).toBe(`${utf8} ${LINE_ADVICE}`)
  })
})
