import {
  extendPriceBook,
  PRICE_BOOK,
  type PriceBook,
  parsePriceBook,
  priceBookOf,
} from '@halfrate/core/money'
import { LIST_PRICES } from '@halfrate/emulator'
import type { PriceRates, PriceTable } from '@halfrate/emulator/model'

/** A model that works and has no price in the book, so that sums must say what they leave out. */
export const UNPRICED_MODEL = 'claude-opus-4-7'
/** A model whose prices change while runs go on. */
export const CHANGING_MODEL = 'claude-sonnet-5'
/** The day from which its later prices hold. */
export const CHANGE_DAY = '2026-12-02'

type Rates = Pick<
  PriceRates,
  'input' | 'output' | 'cache_write_5m' | 'cache_write_1h' | 'cache_read'
>

const EARLIER: Rates = rates(2, 10, 0.2)
const LATER: Rates = rates(3.7, 11.3, 0.13)
const FIRST_DAY = '2026-06-30'

/** Halfrate's own book without the price of one model, and with a file in which another one becomes dearer. */
export const SIM_PRICE_BOOK: PriceBook = extendPriceBook(
  priceBookOf({
    readOn: PRICE_BOOK.readOn,
    rows: PRICE_BOOK.rows.filter(({ id }) => id !== UNPRICED_MODEL),
  }),
  parsePriceBook(
    JSON.stringify({
      [CHANGING_MODEL]: {
        ...LATER,
        source: 'the simulator',
        context: 1_000_000,
        us_inference: true,
        history: [
          { from: FIRST_DAY, ...EARLIER },
          { from: CHANGE_DAY, ...LATER },
        ],
      },
    }),
    'simulator.json',
  ),
)

/** What the provider charges: its own list, which shares nothing with that book but the change that the file tells of. */
export const LEDGER_PRICES: PriceTable = {
  ...Object.fromEntries(Object.entries(LIST_PRICES).filter(([id]) => id !== UNPRICED_MODEL)),
  [CHANGING_MODEL]: {
    ...halved(LATER),
    history: [
      { from: FIRST_DAY, ...halved(EARLIER) },
      { from: CHANGE_DAY, ...halved(LATER) },
    ],
  },
}

const AT_FIRST: Rates = rates(5, 25, 0.5)
const AT_LAST: Rates = rates(6.1, 23.3, 0.7)

/** The book as it is when somebody finds out what that model costs, which has changed on the same day. */
export const LATER_PRICE_BOOK: PriceBook = extendPriceBook(
  SIM_PRICE_BOOK,
  parsePriceBook(
    JSON.stringify({
      [UNPRICED_MODEL]: {
        ...AT_LAST,
        source: 'the simulator, later',
        us_inference: true,
        history: [
          { from: FIRST_DAY, ...AT_FIRST },
          { from: CHANGE_DAY, ...AT_LAST },
        ],
      },
    }),
    'later.json',
  ),
)

/** The same by the provider's list. */
export const LATER_LEDGER_PRICES: PriceTable = {
  ...LEDGER_PRICES,
  [UNPRICED_MODEL]: {
    ...halved(AT_LAST),
    history: [
      { from: FIRST_DAY, ...halved(AT_FIRST) },
      { from: CHANGE_DAY, ...halved(AT_LAST) },
    ],
  },
}

function rates(input: number, output: number, cacheRead: number): Rates {
  const [cache_write_5m, cache_write_1h] = [input * 1.25, input * 2]
  return { input, output, cache_write_5m, cache_write_1h, cache_read: cacheRead }
}

function halved(real: Rates): PriceRates {
  const half = (rate: number | null): number | null => (rate === null ? null : rate / 2)
  return {
    ...real,
    batch_input: half(real.input),
    batch_output: half(real.output),
    batch_cache_write_5m: half(real.cache_write_5m),
    batch_cache_write_1h: half(real.cache_write_1h),
    batch_cache_read: half(real.cache_read),
  }
}
