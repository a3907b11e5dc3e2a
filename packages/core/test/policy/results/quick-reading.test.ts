import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quickAnswer, quickReading } from '../../../src/policy/results/quick-reading.js'
import { parseLine, readingOf, readResultLine } from '../../../src/policy/results/result-line.js'
import { resultSpans } from '../../../src/policy/results/result-spans.js'
import { bytesOf } from './arrange.js'

const USAGE = {
  input_tokens: 480,
  cache_creation_input_tokens: 70,
  cache_read_input_tokens: 3,
  cache_creation: { ephemeral_5m_input_tokens: 40, ephemeral_1h_input_tokens: 20 },
  output_tokens: 150,
  service_tier: 'batch',
  inference_geo: 'us',
}

function lineOf(changes: Record<string, unknown> = {}): string {
  const message = {
    id: 'msg_01ABCDEFGHJKMNPQRSTVWXYZ',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5-20251001',
    content: [{ type: 'text', text: 'Ham “and” eggs.\n\\ "\u0001' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: USAGE,
    ...changes,
  }
  return JSON.stringify({ custom_id: 'h1_x-9', result: { type: 'succeeded', message } })
}

const decoder = new TextDecoder()
const parsed = (bytes: Uint8Array) => readingOf(parseLine(decoder.decode(bytes)))

describe('the quick reading of a line', () => {
  test('takes a line as the provider writes it, and says what parsing says', () => {
    const text = lineOf()
    expect(quickReading(text)).toEqual(parsed(bytesOf(text)))
    expect(quickReading(text)?.usage).toMatchObject({
      cacheWrite5mTokens: 50,
      cacheWrite1hTokens: 20,
      inferenceGeo: 'us',
    })
  })

  test.each([
    [
      'with a usage of another form',
      { usage: { output_tokens: 2, input_tokens: 1, iterations: [] } },
    ],
    ['with a usage that can not be priced', { usage: { input_tokens: -1 } }],
    ['with members that say nothing', { container: null, stop_details: null, usage: USAGE }],
    [
      'with a usage whose details are null',
      { usage: { ...USAGE, server_tool_use: null, output_tokens_details: null } },
    ],
    ['that was cut off', { stop_reason: 'max_tokens' }],
    ['that was refused', { stop_reason: 'refusal' }],
  ])('takes a line %s', (_, changes) => {
    const text = lineOf(changes)
    expect(quickReading(text)).not.toBeNull()
    expect(quickReading(text)).toEqual(parsed(bytesOf(text)))
  })

  test.each([
    ['of several blocks', lineOf({ content: [{ type: 'thinking', thinking: '' }] })],
    ['of a member that it does not know', lineOf({ future: {} })],
    ['with a model that is said twice', lineOf().replace('"id":', '"model":"other","id":')],
    [
      'with more characters than it looks at',
      lineOf({ content: [{ type: 'text', text: 'x'.repeat(70_000) }] }),
    ],
    ['with a number that JSON does not know', lineOf().replace(':480,', ':0480,')],
    ['with a control character', lineOf().replace('eggs', '\t')],
    ['with an escape that JSON does not know', lineOf().replace('eggs', '\\x41')],
  ])('leaves a line %s to parsing', (_, text) => {
    expect(quickReading(text)).toBeNull()
    expect(readResultLine(bytesOf(text))).toEqual(parsed(bytesOf(text)))
  })
})

describe('the quick answer of a line', () => {
  test.each([
    ['as the provider writes it', lineOf()],
    ['with escapes', lineOf({ content: [{ type: 'text', text: '\\/ \u2028 "' }] })],
    [
      'of many bytes a character',
      lineOf({ content: [{ type: 'text', text: 'żółć 🦔'.repeat(9) }] }),
    ],
    [
      'whose text looks like its structure',
      lineOf({ content: [{ type: 'text', text: '","message":{}' }] }),
    ],
    [
      'with members after the usage',
      lineOf({ usage: undefined, container: null }).replace(
        '"container":null',
        `"usage":${JSON.stringify(USAGE)},"container":null`,
      ),
    ],
  ])('%s is where walking its bytes finds it', (_, text) => {
    const line = bytesOf(text)
    const quick = quickAnswer(line, text)
    const spans = resultSpans(line)
    expect(quick).toMatchObject({ message: spans.message, usage: spans.usage })
    expect(quick?.text).toBe(JSON.parse(text).result.message.content[0].text)
  })

  test('is none after a byte order mark, which shifts every place', () => {
    const text = lineOf()
    expect(quickAnswer(bytesOf(`\ufeff${text}`), text)).toBeNull()
  })
})

describe('any line', () => {
  const word = fc.constantFrom('end_turn', 'max_tokens', 'refusal', 'tool_use', 'Ü', '', null, 7)
  const usage = fc.oneof(
    fc.record({
      input_tokens: fc.constantFrom(0, 12, 2 ** 53, 1.5, -1, null, '1'),
      cache_creation_input_tokens: fc.nat(99),
      cache_read_input_tokens: fc.nat(99),
      cache_creation: fc.record({
        ephemeral_5m_input_tokens: fc.nat(99),
        ephemeral_1h_input_tokens: fc.nat(99),
      }),
      output_tokens: fc.nat(999_999),
      service_tier: fc.constantFrom('batch', 'a b', null),
    }),
    fc.record({ ...mapOf(USAGE), inference_geo: fc.constantFrom('us', 'moon 1', 5, null) }),
    fc.record({
      ...mapOf(USAGE),
      server_tool_use: fc.constantFrom(null, { web_search_requests: 2 }),
      output_tokens_details: fc.constantFrom(null, { thinking_tokens: 2 }),
    }),
    fc.jsonValue(),
  )
  const changes = fc.record(
    {
      model: fc.oneof(fc.constant('claude-opus-5'), fc.string()),
      content: fc.oneof(
        fc.string({ unit: 'binary' }).map((text) => [{ type: 'text', text }]),
        fc.jsonValue(),
      ),
      stop_reason: word,
      container: fc.constantFrom(null, 1),
      usage,
    },
    { requiredKeys: [] },
  )
  const same = (bytes: Uint8Array): void => {
    expect(readResultLine(bytes)).toEqual(parsed(bytes))
    const text = decoder.decode(bytes)
    const quick = quickAnswer(bytes, text)
    if (quick === null) return
    const { message, usage } = resultSpans(bytes)
    expect(quick).toMatchObject({ message, usage })
    expect(quick.text).toBe(JSON.parse(text).result.message.content[0].text)
  }

  test('reads as it does when it is parsed', () => {
    fc.assert(
      fc.property(changes, (changed) => same(bytesOf(lineOf(changed)))),
      { numRuns: 500 },
    )
  })

  test('reads as it does when it is parsed, also with bytes changed, put in or left out', () => {
    const byte = fc.oneof(
      fc.nat(255),
      fc.constantFrom(...[...'"\\,:{}[]0 \t\n'].map((text) => text.charCodeAt(0))),
    )
    const edit = fc.record({ at: fc.nat(2_000), byte, kind: fc.constantFrom('set', 'put', 'cut') })
    const edits = fc.array(edit, { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(changes, edits, (changed, list) => {
        let bytes = [...bytesOf(lineOf(changed))]
        for (const { at, byte: value, kind } of list) {
          const place = at % bytes.length
          const put = kind === 'cut' ? [] : [value]
          bytes = bytes.toSpliced(place, kind === 'put' ? 0 : 1, ...put)
        }
        same(Uint8Array.from(bytes))
      }),
      { numRuns: 400 },
    )
  })
})

function mapOf(record: Record<string, unknown>): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, fc.constant(value)]),
  )
}
