import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../../src/errors.js'
import { parsePriceBook } from '../../../src/policy/money/price-book-file.js'
import type { PriceRow } from '../../../src/policy/money/price-row.js'

const ROW = {
  input: 5,
  output: 25,
  cache_write_5m: 6.25,
  cache_write_1h: 10,
  cache_read: 0.5,
  source: 'a price list',
}

function read(row: object, id = 'claude-new-7'): PriceRow | undefined {
  return parsePriceBook(JSON.stringify({ [id]: { ...ROW, ...row } }), 'mine.json').rows[0]
}

function problemOf(text: string): string {
  try {
    parsePriceBook(text, 'mine.json')
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

describe('a price file', () => {
  test('gives a row in pico-dollars a token, and fills up what it does not say', () => {
    expect(read({})).toEqual({
      id: 'claude-new-7',
      aliases: [],
      rates: {
        input: 5_000_000,
        output: 25_000_000,
        cacheWrite5m: 6_250_000,
        cacheWrite1h: 10_000_000,
        cacheRead: 500_000,
      },
      above: null,
      cacheReadChanges: [],
      hasUsGeo: true,
      contextTokens: null,
      maxOutputTokens: null,
      releasedOn: null,
      retiresOn: null,
      source: 'a price list',
      confidence: null,
    })
  })

  test('may say all that can be known', () => {
    const above = { input: 10, output: 50, cache_write_5m: 12, cache_write_1h: 20, cache_read: 1 }
    const history = [
      { from: '2026-10-07', cache_read: 0.5 },
      { from: '2026-09-28', to: '2026-10-06', cache_read: 1 },
    ]

    expect(
      read({
        alias: ['a', 'b'],
        tier: { threshold_prompt_tokens: 9, rule: 'x', above },
        cache_read_history: history,
        context: 10,
        max_output: 5,
        released: '2026-01-02',
        status: 'deprecated 2026-02-03, retires 2026-04-05 -> claude-newer',
        confidence: 'low',
        us_inference: false,
        batch_input: 2.5,
        note: 'ignored',
      }),
    ).toMatchObject({
      aliases: ['a', 'b'],
      above: { promptTokens: 9, rates: { output: 50_000_000 } },
      cacheReadChanges: [
        { from: '2026-09-28', cacheRead: 1_000_000 },
        { from: '2026-10-07', cacheRead: 500_000 },
      ],
      contextTokens: 10,
      maxOutputTokens: 5,
      releasedOn: '2026-01-02',
      retiresOn: '2026-04-05',
      confidence: 'low',
      hasUsGeo: false,
    })
  })

  test('keeps null as null', () => {
    expect(read({ cache_read: null, batch_cache_read: null })?.rates.cacheRead).toBeNull()
  })

  test.each([
    ['claude-opus-4-6', true],
    ['claude-opus-4-5-20251101', false],
    ['claude-sonnet-4-20250514', false],
    ['claude-fable-5', true],
    ['claude-opus-10-1-20300101', true],
    ['claude-3-5-haiku-20241022', false],
    ['my-model', false],
  ])('takes %s by its name as one that can run in the US: %s', (id, hasUsGeo) => {
    expect(read({}, id)).toMatchObject({ hasUsGeo })
  })

  test('says on what day it was read', () => {
    const file = JSON.stringify({ _meta: { compiled: '2026-11-21', unit: 'x' } })

    expect(parsePriceBook(file, 'mine.json')).toMatchObject({ readOn: '2026-11-21', rows: [] })
  })
})

describe('a price file that is wrong', () => {
  test.each<[string, object, RegExp]>([
    ['text for a number', { input: '5' }, /^mine\.json: m: input: .*expected number/],
    ['a negative price', { output: -1 }, /^mine\.json: m: output: /],
    [
      'more decimals than a pico-dollar',
      { input: 0.000_000_1 },
      /^mine\.json: m: input: expected at most six decimals/,
    ],
    ['a member left out', { cache_read: undefined }, /^mine\.json: m: cache_read: /],
    ['no source', { source: '' }, /^mine\.json: m: source: /],
    [
      'a batch price that is not half',
      { batch_input: 3 },
      /batch_input: expected half of input, .* got 3/,
    ],
    ['a batch price that is the full one', { batch_input: 5 }, /batch_input: expected half/],
    [
      'a batch price of an unknown one',
      { input: null, batch_input: 1 },
      /batch_input: expected half/,
    ],
    ['a tier without its rates', { tier: { threshold_prompt_tokens: 1 } }, /m: tier: above: /],
    ['a day that is none', { released: '2026-13-01' }, /m: released: /],
    [
      'a history that ends elsewhere',
      { cache_read_history: [{ from: '2026-01-01', cache_read: 9 }] },
      /cache_read_history: expected its newest price to be cache_read, got 9/,
    ],
  ])('with %s is refused, and says where', (_, changes, message) => {
    expect(problemOf(JSON.stringify({ m: { ...ROW, ...changes } }))).toMatch(message)
  })

  test.each([
    ['no JSON', '{', /^mine\.json: expected JSON/],
    ['a list', '[]', /^mine\.json: /],
    ['a row that is a number', '{"m":1}', /^mine\.json: m: /],
    ['a day that is no day', '{"_meta":{"compiled":"today"}}', /^mine\.json: _meta: compiled: /],
  ])('because it is %s is refused', (_, text, message) => {
    expect(problemOf(text)).toMatch(message)
  })

  test('names five places at most', () => {
    expect(problemOf(JSON.stringify({ a: {}, b: {} })).split('\n')).toHaveLength(5)
  })
})
