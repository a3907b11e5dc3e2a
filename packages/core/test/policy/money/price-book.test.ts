import { describe, expect, test } from 'vitest'
import {
  extendPriceBook,
  knownModels,
  priceBookOf,
  priceOf,
} from '../../../src/policy/money/price-book.js'
import { PRICE_BOOK } from '../../../src/policy/money/price-book-data.js'
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
