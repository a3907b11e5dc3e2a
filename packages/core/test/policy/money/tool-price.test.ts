import { describe, expect, test } from 'vitest'
import { BatchPrices } from '../../../src/engine/batch-prices.js'
import { costOf } from '../../../src/policy/money/cost.js'
import {
  extendPriceBook,
  ownToolsOf,
  type PriceBook,
  priceBookOf,
} from '../../../src/policy/money/price-book.js'
import { PRICE_BOOK } from '../../../src/policy/money/price-book-data.js'
import { diffToolPrices } from '../../../src/policy/money/price-book-diff.js'
import { parsePriceBook, readPriceFile } from '../../../src/policy/money/price-book-file.js'
import { noon, READ_AT, usage } from './arrange.js'

const CENT = 10_000_000
const SEARCH = 'web_search_requests'

function bookWith(tools: object): PriceBook {
  return extendPriceBook(PRICE_BOOK, parsePriceBook(JSON.stringify({ _tools: tools }), 'mine.json'))
}

function tool(more: object = {}): object {
  return { usd: 0.02, source: 'our contract', ...more }
}

function cost(
  book: PriceBook,
  uses: { readonly searches?: number; readonly [name: string]: number | undefined },
  more: { readonly route?: 'batch' | 'realtime'; readonly at?: number } = {},
): number | null {
  const { searches = 0, ...others } = uses
  const otherTools = others as Readonly<Record<string, number>>
  const { route = 'batch', at = READ_AT } = more
  return costOf({
    ...{ usage: usage({ webSearchRequests: searches }), otherTools },
    ...{ model: 'claude-opus-5', route, at, book },
  })
}

describe('the fee of a tool', () => {
  test('comes with its source, and is in no batch discount unless a file says so', () => {
    expect(PRICE_BOOK.tools.every(({ source }) => source.includes('2026-11-21'))).toBe(true)
    expect(cost(PRICE_BOOK, { searches: 3 })).toBe(3 * CENT)
    expect(cost(PRICE_BOOK, { searches: 3 }, { route: 'realtime' })).toBe(3 * CENT)
    expect(cost(PRICE_BOOK, { web_fetch_requests: 5 })).toBe(0)
    const own = bookWith({ [SEARCH]: tool({ batch_usd: 0.005 }) })
    expect(cost(own, { searches: 3 })).toBe(1.5 * CENT)
    expect(cost(own, { searches: 3 }, { route: 'realtime' })).toBe(6 * CENT)
  })

  test('is that of the day', () => {
    const history = [
      { from: '2026-12-01', usd: 0.02 },
      { from: '2026-11-01', usd: 0.03, batch_usd: 0.01 },
    ]
    const book = bookWith({ [SEARCH]: tool({ history }) })
    const at = (day: string): number | null => cost(book, { searches: 1 }, { at: noon(day) })
    expect(at('2026-10-01')).toBe(CENT)
    expect(at('2026-11-30')).toBe(CENT)
    expect(at('2026-12-01')).toBe(2 * CENT)
  })

  test('is unknown and not nothing for a tool that no book names, or names as unknown', () => {
    expect(cost(PRICE_BOOK, { memory_requests: 1 })).toBeNull()
    expect(cost(PRICE_BOOK, { memory_requests: 0 })).toBe(0)
    expect(cost(bookWith({ memory_requests: tool() }), { memory_requests: 2 })).toBe(4 * CENT)
    expect(cost(bookWith({ [SEARCH]: tool({ usd: null }) }), { searches: 1 })).toBeNull()
    expect(cost(bookWith({ memory_requests: tool() }), { searches: 1 })).toBe(CENT)
  })

  test('is exact beyond what a double holds', () => {
    expect(cost(PRICE_BOOK, { searches: 45_037 })).toBe(45_037 * CENT)
    expect(cost(bookWith({ [SEARCH]: tool({ usd: 0.000000001 }) }), { searches: 7 })).toBe(7)
  })

  test('that is known in batch alone is no cost: what was saved would be made up', () => {
    const book = bookWith({ [SEARCH]: tool({ usd: null, batch_usd: 0.01 }) })
    const line = {
      ...({ outcome: 'succeeded', model: 'claude-opus-5', otherTools: null } as const),
      usage: usage({ webSearchRequests: 1 }),
    }
    const prices = new BatchPrices(book, READ_AT, 'batch')
    expect(prices.costsOf(line)).toEqual({ costNano: null, realtimeNano: null })
    expect(prices.unpricedOf(line)).toEqual({ model: null, tools: [SEARCH] })
  })

  test('of a book that is added goes before, and what it does not name stays', () => {
    const mine = bookWith({ memory_requests: tool() })
    const both = extendPriceBook(
      mine,
      parsePriceBook(JSON.stringify({ _tools: { [SEARCH]: tool() } }), 'other.json'),
    )
    expect(cost(both, { searches: 1, memory_requests: 1, web_fetch_requests: 1 })).toBe(4 * CENT)
    expect(ownToolsOf(both).map(({ name }) => name)).toEqual(['memory_requests', SEARCH])
    expect(ownToolsOf(PRICE_BOOK)).toEqual([])
    expect(cost(priceBookOf({ ...PRICE_BOOK, tools: [] }), { searches: 1 })).toBeNull()
  })
})

describe('the tools of a price file', () => {
  test.each([
    ['a fee that is no number', { usd: '1' }, 'usd: expected number, got string'],
    ['no fee', { usd: undefined }, 'usd: expected number, got nothing'],
    ['no source', { source: undefined }, 'source: expected string, got nothing'],
    ['ten decimals', { usd: 0.0000000001 }, 'usd: expected at most nine decimals'],
    ['less than nothing', { usd: -1 }, 'usd: Too small'],
    [
      'another newest fee',
      { history: [{ from: '2026-01-01', usd: 0.5 }] },
      'history: expected its newest fee to be usd, got another',
    ],
    [
      'another newest fee in batch',
      { history: [{ from: '2026-01-01', usd: 0.02, batch_usd: 0.01 }] },
      'history: expected its newest fee in batch to be batch_usd, got another',
    ],
    [
      'a day twice',
      {
        history: [
          { from: '2026-01-01', usd: 0.02 },
          { from: '2026-01-01', usd: 0.02 },
        ],
      },
      'history: expected every day once',
    ],
  ])('have %s: a fault at its line', (_, row, problem) => {
    const text = `{\n"_tools": {\n"${SEARCH}":\n${JSON.stringify(tool(row))}\n}\n}`
    const { book, faults } = readPriceFile(text)
    expect(book).toBeNull()
    expect(faults).toHaveLength(1)
    const [fault] = faults
    expect([...(fault?.path ?? []), fault?.problem].join(': ')).toContain(
      `_tools: ${SEARCH}: ${problem}`,
    )
    expect(fault?.line).toBeGreaterThan(2)
  })

  test('may be odd', () => {
    const tools = { [SEARCH]: tool({ usd: 10, batch_us: 1 }), search: tool() }
    const { book, oddities } = readPriceFile(JSON.stringify({ _tools: tools }))
    expect(book).not.toBeNull()
    expect(oddities.map(({ path, problem }) => [...path, problem].join(': '))).toEqual([
      `_tools: ${SEARCH}: batch_us: not read; batch_usd is meant?`,
      `_tools: ${SEARCH}: usd: 10 is much; a fee is dollars for one use`,
      '_tools: search: usage counts tools under names such as web_search_requests',
    ])
  })

  test('are compared with the built-in ones', () => {
    const book = bookWith({ [SEARCH]: tool(), memory_requests: tool() })
    expect(diffToolPrices(PRICE_BOOK, PRICE_BOOK, READ_AT)).toEqual([])
    expect(diffToolPrices(PRICE_BOOK, book, READ_AT)).toMatchObject([
      { tool: 'memory_requests', before: null, after: { batch: 20_000_000_000 } },
      { tool: SEARCH, before: { batch: 10_000_000_000 }, after: { batch: 20_000_000_000 } },
    ])
    const history = [
      { from: '2026-01-01', usd: 0.01 },
      { from: '2999-01-01', usd: 0.02 },
    ]
    const dated = bookWith({ [SEARCH]: tool({ history }) })
    expect(diffToolPrices(PRICE_BOOK, dated, READ_AT)).toMatchObject([
      { tool: SEARCH, after: { batch: 10_000_000_000 } },
    ])
  })
})
