import { describe, expect, test } from 'vitest'
import {
  extendPriceBook,
  knownModels,
  priceBookOf,
  priceOf,
} from '../../../src/policy/money/price-book.js'
import { PRICE_BOOK } from '../../../src/policy/money/price-book-data.js'
import { diffPriceBooks } from '../../../src/policy/money/price-book-diff.js'
import { parsePriceBook } from '../../../src/policy/money/price-book-file.js'
import { PRICE_FILE, READ_AT } from './arrange.js'

describe('the built-in prices', () => {
  test('are those of the collected list, to the last figure', () => {
    const listed = parsePriceBook(PRICE_FILE, 'prices.json')
    const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)

    expect(PRICE_BOOK.rows.toSorted(byId)).toEqual(listed.rows.toSorted(byId))
    expect(PRICE_BOOK.readOn).toBe(listed.readOn)
  })

  test('each name a source, and have no name twice', () => {
    const names = PRICE_BOOK.rows.flatMap((row) => [row.id, ...row.aliases])

    expect(new Set(names).size).toBe(names.length)
    expect(PRICE_BOOK.rows.every((row) => row.source.length > 10)).toBe(true)
  })

  test('know retirements that are announced', () => {
    expect(priceOf(PRICE_BOOK, 'claude-sonnet-4-5', READ_AT)).toMatchObject({
      retiresOn: '2026-11-30',
    })
    expect(priceOf(PRICE_BOOK, 'claude-opus-5', READ_AT)).toMatchObject({ retiresOn: null })
  })
})

describe('a price', () => {
  test.each([
    ['claude-haiku-4-5-20251001', 'claude-haiku-4-5-20251001'],
    ['claude-haiku-4-5', 'claude-haiku-4-5-20251001'],
    ['claude-opus-4-0', 'claude-opus-4-20250514'],
    ['claude-opus-5', 'claude-opus-5'],
    ['claude-opus-5-20260724', 'claude-opus-5'],
  ])('is found for %s', (name, id) => {
    expect(priceOf(PRICE_BOOK, name, READ_AT)?.id).toBe(id)
  })

  test.each(['', 'opus', 'claude-opus-9', 'claude-opus-5-2026', 'claude-opus', 'constructor'])(
    'is not found for "%s"',
    (name) => {
      expect(priceOf(PRICE_BOOK, name, READ_AT)).toBeNull()
    },
  )
})

describe('a book', () => {
  test('takes rows of another in the place of its own, and new ones besides', () => {
    const file = (input: number): string =>
      JSON.stringify({
        'claude-opus-5': row(input),
        'our-own': row(1),
      })
    const book = extendPriceBook(PRICE_BOOK, parsePriceBook(file(7), 'mine.json'))

    expect(priceOf(book, 'claude-opus-5', READ_AT)?.rates.input).toBe(7_000_000)
    expect(priceOf(book, 'our-own', READ_AT)?.source).toBe('a contract')
    expect(priceOf(book, 'claude-opus-4-8', READ_AT)?.rates.input).toBe(5_000_000)
    expect(book.rows).toHaveLength(PRICE_BOOK.rows.length + 1)
    expect(book.readOn).toBe('2026-11-21')
  })

  test('lists every name that it takes', () => {
    expect(knownModels(PRICE_BOOK)).toContain('claude-haiku-4-5')
    expect(knownModels(PRICE_BOOK)).toContain('claude-haiku-4-5-20251001')
    expect(knownModels(priceBookOf({ readOn: null, rows: [] }))).toEqual([])
  })
})

describe('what two books differ in', () => {
  const changed = (rows: object): readonly object[] =>
    diffPriceBooks(
      PRICE_BOOK,
      extendPriceBook(PRICE_BOOK, parsePriceBook(JSON.stringify(rows), 'mine.json')),
      READ_AT,
    ).map(({ model, before, after }) => [
      model,
      before?.rates.input ?? null,
      after?.rates.input ?? null,
    ])

  test('is nothing between a book and itself', () => {
    expect(diffPriceBooks(PRICE_BOOK, PRICE_BOOK, READ_AT)).toEqual([])
    expect(changed({})).toEqual([])
  })

  test('is another price, and a model that is new', () => {
    expect(changed({ 'claude-opus-5': row(4), 'a-new-one': row(1) })).toEqual([
      ['a-new-one', null, 1_000_000],
      ['claude-opus-5', 5_000_000, 4_000_000],
    ])
  })

  test('is a name that a row takes with it or takes over', () => {
    expect(changed({ 'claude-haiku-4-5-20251001': row(1) })).toEqual([
      ['claude-haiku-4-5', 1_000_000, null],
      ['claude-haiku-4-5-20251001', 1_000_000, 1_000_000],
    ])
    expect(changed({ mine: { ...row(1), alias: 'claude-opus-5' } })).toEqual([
      ['claude-opus-5', 5_000_000, 1_000_000],
      ['mine', null, 1_000_000],
    ])
  })

  test.each([
    ['a tier', { tier: { threshold_prompt_tokens: 5, above: row(9) } }],
    ['a place', { us_inference: false }],
    ['a window', { context: 5 }],
    ['a price of another day', { history: [{ from: '2030-01-01', ...row(1) }] }],
    ['a cache read', { cache_read: 2 }],
  ])('is %s too, and not a source', (_, change) => {
    const book = (more: object) =>
      parsePriceBook(JSON.stringify({ 'claude-x-9': { ...row(1), context: 9, ...more } }), 'f')

    expect(diffPriceBooks(book({}), book(change), READ_AT)).toHaveLength(1)
    expect(diffPriceBooks(book({}), book({ source: 'another' }), READ_AT)).toEqual([])
  })
})

function row(input: number): object {
  return {
    input,
    output: 1,
    cache_write_5m: 1,
    cache_write_1h: 1,
    cache_read: 1,
    source: 'a contract',
  }
}
