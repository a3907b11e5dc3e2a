import { type PriceBook, priceBookOf } from './price-book.js'
import { FABLE_ROWS } from './price-rows-fable.js'
import { HAIKU_ROWS } from './price-rows-haiku.js'
import { OPUS_ROWS } from './price-rows-opus.js'
import { SONNET_ROWS } from './price-rows-sonnet.js'

/**
 * The list prices that come with this version. Each row names its source; a file can replace or extend them.
 *
 * Source: the provider's price list as read on the book's `readOn`.
 */
export const PRICE_BOOK: PriceBook = priceBookOf({
  readOn: '2026-11-21',
  rows: [...FABLE_ROWS, ...OPUS_ROWS, ...SONNET_ROWS, ...HAIKU_ROWS],
})
