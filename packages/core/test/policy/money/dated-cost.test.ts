import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Usage } from '../../../src/model/usage.js'
import { costOf, type Route } from '../../../src/policy/money/cost.js'
import { parsePriceBook } from '../../../src/policy/money/price-book-file.js'

const CLASSES = ['input', 'output', 'cache_write_5m', 'cache_write_1h', 'cache_read'] as const
const FIRST = Date.UTC(2026, 0, 1)
const DAY = 86_400_000
const SOURCE = 'made up'

/** Rates in whole millionths of a dollar per million tokens, which is pico-dollars per token. */
type Micros = Readonly<Record<(typeof CLASSES)[number], number>>

interface Dated {
  readonly day: number
  readonly below: Micros
  readonly step: { readonly at: number; readonly above: Micros } | null
}

// Every other one a whole nano-dollar a token, of which a batch makes exact halves.
const rate = fc.oneof(
  fc.integer({ min: 0, max: 90_000_000 }),
  fc.nat(500).map((nano) => nano * 1_000),
)
const micros: fc.Arbitrary<Micros> = fc.record(
  Object.fromEntries(CLASSES.map((name) => [name, rate])) as {
    [Name in (typeof CLASSES)[number]]: fc.Arbitrary<number>
  },
)
const step = fc.option(fc.record({ at: fc.integer({ min: 1, max: 300_000 }), above: micros }))
const history: fc.Arbitrary<readonly Dated[]> = fc
  .array(fc.record({ day: fc.nat(600), below: micros, step }), { minLength: 1, maxLength: 5 })
  .map((rows) => rows.toSorted((a, b) => a.day - b.day))
  .filter((rows) => new Set(rows.map(({ day }) => day)).size === rows.length)

function fileOf(rows: readonly Dated[]): string {
  const dated = rows.map(({ day, ...rates }) => ({ from: textOf(day), ...listed(rates) }))
  const { from: _, ...newest } = dated.at(-1) ?? { from: '' }
  return JSON.stringify({ m: { ...newest, history: dated, us_inference: true, source: SOURCE } })
}

function listed({ below, step }: Omit<Dated, 'day'>): object {
  if (step === null) return usd(below)
  return { ...usd(below), tier: { threshold_prompt_tokens: step.at, above: usd(step.above) } }
}

function usd(rates: Micros): object {
  return Object.fromEntries(CLASSES.map((name) => [name, rates[name] / 1e6]))
}

function textOf(day: number): string {
  return new Date(FIRST + day * DAY).toISOString().slice(0, 10)
}

// The exact value as a fraction of whole numbers, rounded half up once; nothing of it is the code's.
function expected(rows: readonly Dated[], used: Usage, route: Route, at: number): bigint {
  const { below, step } = rows.findLast(({ day }) => FIRST + day * DAY <= at) ?? rows[0] ?? NONE
  const prompt =
    used.inputTokens + used.cacheReadTokens + used.cacheWrite5mTokens + used.cacheWrite1hTokens
  const rates = step !== null && prompt > step.at ? step.above : below
  const pico =
    BigInt(used.inputTokens) * BigInt(rates.input) +
    BigInt(used.outputTokens) * BigInt(rates.output) +
    BigInt(used.cacheWrite5mTokens) * BigInt(rates.cache_write_5m) +
    BigInt(used.cacheWrite1hTokens) * BigInt(rates.cache_write_1h) +
    BigInt(used.cacheReadTokens) * BigInt(rates.cache_read)
  // In units of a twentieth of a pico-dollar: halves for a batch, tenths for the US.
  const tokens = pico * (route === 'batch' ? 1n : 2n) * (used.inferenceGeo === 'us' ? 11n : 10n)
  const whole = tokens + BigInt(used.webSearchRequests) * 200_000_000_000n
  return (whole * 2n + 20_000n) / 40_000n
}

const FREE: Micros = { input: 0, output: 0, cache_write_5m: 0, cache_write_1h: 0, cache_read: 0 }
const NONE: Dated = { day: 0, below: FREE, step: null }

// A prompt about the step of some day: one token less, exactly, one more, made up of any classes.
const facts = history.chain((rows) =>
  fc
    .record({
      near: fc.constantFrom(...rows),
      offset: fc.constantFrom(-1, 0, 1),
      cuts: fc.array(fc.nat(1_000), { minLength: 3, maxLength: 3 }),
      outputTokens: fc.nat(200_000),
      webSearchRequests: fc.nat(3),
      inferenceGeo: fc.constantFrom(null, 'global', 'us'),
      route: fc.constantFrom<Route>('batch', 'realtime'),
      // The last instant of the day before, the first of the day, or some other.
      ms: fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: -DAY * 30, max: DAY * 30 })),
    })
    .map(({ near, offset, cuts, route, ms, ...rest }) => {
      const prompt = Math.max(0, (near.step?.at ?? 12_345) + offset)
      const [a = 0, b = 0, c = 0] = cuts
        .map((cut) => Math.floor((prompt * cut) / 1_000))
        .toSorted((x, y) => x - y)
      const used: Usage = {
        ...rest,
        inputTokens: a,
        cacheReadTokens: b - a,
        cacheWrite5mTokens: c - b,
        cacheWrite1hTokens: prompt - c,
      }
      return { rows, used, route, at: FIRST + near.day * DAY + ms }
    }),
)

test('whatever a file says of days and steps, a cost is the exact value at that instant, rounded half up', () => {
  fc.assert(
    fc.property(facts, ({ rows, used, route, at }) => {
      const book = parsePriceBook(fileOf(rows), 'prices.json')
      const cost = costOf({ usage: used, model: 'm', route, at, book })
      expect(cost === null ? null : BigInt(cost)).toBe(expected(rows, used, route, at))
    }),
    { numRuns: 2_000 },
  )
})
