import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../../src/errors.js'
import { priceOf } from '../../../src/policy/money/price-book.js'
import { parsePriceBook, readPriceFile } from '../../../src/policy/money/price-book-file.js'
import { priceFileJsonSchema } from '../../../src/policy/money/price-file-schema.js'
import type { PriceRow } from '../../../src/policy/money/price-row.js'
import { noon, PRICE_FILE } from './arrange.js'

const ROW = {
  input: 5,
  output: 25,
  cache_write_5m: 6.25,
  cache_write_1h: 10,
  cache_read: 0.5,
  source: 'a price list',
}

const TIER = { threshold_prompt_tokens: 9, above: ROW }
const CHANGE = { from: '2026-01-01', cache_read: 0.5 }

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
      changes: [],
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
      changes: [
        { from: '2026-09-28', rates: { input: 5_000_000, cacheRead: 1_000_000 } },
        { from: '2026-10-07', rates: { input: 5_000_000, cacheRead: 500_000 } },
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

describe('prices that changed', () => {
  const raised = { ...ROW, input: 6, output: 30, tier: TIER }
  const history = [
    { ...ROW, from: '2026-03-01' },
    { ...raised, from: '2026-09-01' },
  ]
  const book = parsePriceBook(JSON.stringify({ m: { ...raised, history } }), 'mine.json')

  test.each([
    ['2026-02-28', 5_000_000, null],
    ['2026-03-01', 5_000_000, null],
    ['2026-08-31', 5_000_000, null],
    ['2026-09-01', 6_000_000, 9],
    ['2027-01-01', 6_000_000, 9],
  ])('are on %s those of that day, tier and all', (day, input, tier) => {
    const price = priceOf(book, 'm', noon(day))

    expect(price?.rates.input).toBe(input)
    expect(price?.above?.promptTokens ?? null).toBe(tier)
  })

  test('change at midnight, UTC', () => {
    const midnight = Date.parse('2026-09-01T00:00:00Z')

    expect(priceOf(book, 'm', midnight - 1)?.rates.output).toBe(25_000_000)
    expect(priceOf(book, 'm', midnight)?.rates.output).toBe(30_000_000)
  })
})

describe('a price file that may have a slip in it', () => {
  const odditiesOf = (row: object): readonly object[] =>
    readPriceFile(JSON.stringify({ m: { ...ROW, ...row } }, null, 1)).oddities

  test.each<[string, object, object]>([
    [
      'a name that nobody reads',
      { tiers: {} },
      { path: ['m', 'tiers'], problem: 'not read; tier is meant?' },
    ],
    ['a price per token', { input: 0.000_005, cache_read: 0 }, { line: 3, path: ['m', 'input'] }],
    ['an answer cheaper than the prompt', { output: 4 }, { path: ['m', 'output'] }],
    ['a cache dearer than none', { cache_read: 6 }, { path: ['m', 'cache_read'] }],
    ['a write cheaper than none', { cache_write_5m: 4 }, { path: ['m', 'cache_write_5m'] }],
    ['an end without a day', { status: 'retires soon' }, { path: ['m', 'status'] }],
  ])('with %s can be used, and is told of', (_, row, oddity) => {
    expect(odditiesOf(row)).toMatchObject([oddity])
  })

  test.each<[string, object]>([
    ['a note', { note: 'x', min_cacheable_tokens: 512 }],
    ['a day of its end', { status: 'retired 2026-08-05' }],
    ['prices that nobody knows', { input: null, cache_read: null }],
  ])('is not suspected for %s', (_, row) => {
    expect(odditiesOf(row)).toEqual([])
  })

  test('is not what the collected list is', () => {
    expect(readPriceFile(PRICE_FILE)).toMatchObject({ faults: [], oddities: [] })
  })
})

describe('the JSON Schema of a price file', () => {
  test('is the one that is published', async () => {
    const text = `${JSON.stringify(priceFileJsonSchema(), null, 2)}\n`
    await expect(text).toMatchFileSnapshot('../../../price-file.schema.json')
  })

  test('may be named in a file', () => {
    const file = { $schema: './price-file.schema.json', m: ROW }

    expect(parsePriceBook(JSON.stringify(file), 'mine.json').rows).toHaveLength(1)
  })
})

describe('a price file that is wrong', () => {
  test.each<[string, object, RegExp]>([
    ['text for a number', { input: '5' }, /^mine\.json:1: m: input: expected number, got string/],
    ['a negative price', { output: -1 }, /^mine\.json:1: m: output: /],
    [
      'more decimals than a pico-dollar',
      { input: 0.000_000_1 },
      /^mine\.json:1: m: input: expected at most six decimals/,
    ],
    [
      'a member left out',
      { cache_read: undefined },
      /^mine\.json:1: m: cache_read: expected number, got nothing$/,
    ],
    ['no source', { source: '' }, /^mine\.json:1: m: source: /],
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
      'a day twice in its history',
      { cache_read_history: [CHANGE, CHANGE] },
      /cache_read_history: expected every day once/,
    ],
    [
      'a history that ends at other prices',
      { history: [{ ...ROW, from: '2026-01-01', output: 24 }] },
      /history: expected its newest prices to be those of the row, got another output$/,
    ],
    [
      'a history that ends without its tier',
      { history: [{ ...ROW, from: '2026-01-01' }], tier: TIER },
      /history: expected its newest prices to be those of the row, got another tier$/,
    ],
    [
      'a history that ends with another tier',
      {
        history: [{ ...ROW, from: '2026-01-01', tier: { ...TIER, threshold_prompt_tokens: 8 } }],
        tier: TIER,
      },
      /got another tier$/,
    ],
    [
      'two kinds of history',
      { cache_read_history: [CHANGE], history: [{ ...ROW, from: '2026-01-01' }] },
      /history: expected none beside cache_read_history, got both/,
    ],
    [
      'a half in its history that is none',
      { history: [{ ...ROW, from: '2026-01-01', batch_input: 5 }] },
      /history: 0: batch_input: expected half of input/,
    ],
    ['its own id as an alias', { alias: 'm' }, /alias: expected a name of no other row, got m/],
    ['a number as its alias', { alias: 5 }, /alias: expected a name, or a list of names$/],
    [
      'a history that ends elsewhere',
      { cache_read_history: [{ from: '2026-01-01', cache_read: 9 }] },
      /cache_read_history: expected its newest price to be cache_read, got 9/,
    ],
  ])('with %s is refused, and says where', (_, changes, message) => {
    expect(problemOf(JSON.stringify({ m: { ...ROW, ...changes } }))).toMatch(message)
  })

  test.each([
    ['no JSON', '{', /^mine\.json:1: expected a member name in quotes, got the end of the file$/],
    ['cut off', '{\n"m": {"input": 1,', /^mine\.json:2: m: expected a member name/],
    [
      'a comma too many',
      '{"m":{"input":1,}}',
      /^mine\.json:1: m: expected a member name in quotes, got "}"$/,
    ],
    ['a model twice', '{"m":{},\n"m":{}}', /^mine\.json:2: m: expected every member once/],
    ['a price twice', '{"m":{"input":1,\n"input":2}}', /^mine\.json:2: m: input: expected every/],
    ['a list', '[]', /^mine\.json:1: expected a JSON object, got "\["$/],
    ['a row that is a number', '{"m":1}', /^mine\.json:1: m: /],
    ['a day that is no day', '{"_meta":{"compiled":"today"}}', /^mine\.json:1: _meta: compiled: /],
  ])('because it is %s is refused', (_, text, message) => {
    expect(problemOf(text)).toMatch(message)
  })

  test('names five places at most', () => {
    expect(problemOf(JSON.stringify({ a: {}, b: {} })).split('\n')).toHaveLength(5)
  })

  test('is told by lines, in their order', () => {
    const wrong = { a: { ...ROW, output: '1' }, b: ROW, c: { ...ROW, alias: ['b'] } }
    const file = JSON.stringify({ ...wrong, _meta: { compiled: 1 } }, null, 1)

    expect(readPriceFile(file).faults).toEqual([
      { line: 4, path: ['a', 'output'], problem: 'expected number, got string' },
      { line: 30, path: ['_meta', 'compiled'], problem: 'expected a day such as 2026-11-21' },
    ])
    const shared = JSON.stringify({ ...wrong, a: ROW }, null, 1)
    expect(readPriceFile(shared).faults).toMatchObject([{ line: 25, path: ['c', 'alias'] }])
  })

  test('with a byte order mark is not', () => {
    expect(parsePriceBook(`\uFEFF${JSON.stringify({ m: ROW })}`, 'mine.json').rows).toHaveLength(1)
  })
})
