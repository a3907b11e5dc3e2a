import { describe, expect, test } from 'vitest'
import { type Estimate, Estimator } from '../../../src/policy/money/estimate.js'
import { leastCachedTokens } from '../../../src/policy/money/least-cached-tokens.js'
import { PRICE_BOOK } from '../../../src/policy/money/price-book-data.js'
import { promptContentOf } from '../../../src/policy/money/prompt-content.js'
import { itemBytesOf } from '../../../src/policy/wire-size.js'
import { READ_AT } from './arrange.js'

const encoder = new TextEncoder()
const bytesOf = (members: object): Uint8Array =>
  encoder.encode(JSON.stringify(members).slice(1, -1))

interface Rows {
  readonly count: number
  readonly shared: string
  readonly own: string
  readonly model?: string
  readonly control?: object | null
  readonly automatic?: boolean
  readonly ownControl?: boolean
}

const FIVE_MINUTES = { cache_control: { type: 'ephemeral' } }

/** Rows with the same system text and one message each. */
function estimate(rows: Rows): Estimate {
  const { count, shared, own, model = 'claude-opus-5-5', control = FIVE_MINUTES } = rows
  const prefix = {
    bytes: bytesOf({
      model,
      system: [{ type: 'text', text: shared, ...control }],
      ...(rows.automatic === true ? FIVE_MINUTES : {}),
    }),
  }
  const content = [{ type: 'text', text: own, ...(rows.ownControl === true ? FIVE_MINUTES : {}) }]
  const body = bytesOf({ max_tokens: 20, messages: [{ role: 'user', content }] })
  const estimator = new Estimator({ book: PRICE_BOOK, at: READ_AT })
  const itemBytes = itemBytesOf(prefix.bytes.length, body.length)
  for (let index = 0; index < count; index += 1) {
    const content = promptContentOf({ prefix, body })
    estimator.add({ model, maxTokens: 20, itemBytes, prefix, content })
  }
  return estimator.estimate()
}

const NINETY = { count: 1_000, shared: 'rules '.repeat(4_500), own: 'claim '.repeat(500) }

describe('rows that share a cached prefix', () => {
  test('are said to be dearer in batch when nine tenths of each are read from the cache in real time', () => {
    const { caching, batch, realtime } = estimate(NINETY)
    expect(caching).toMatchObject({ rows: 1_000, batchIsDearer: 'yes' })
    expect(batch.highNano).toBeGreaterThan(realtime.highNano)
    // The cold batch is what the high end of the batch stands on: no hit is in it.
    expect(caching?.coldBatch.highNano).toBe(batch.highNano)
  })

  test('write it once in real time and then read it, one call after another', () => {
    const one = estimate({ ...NINETY, count: 1 }).realtime.highNano
    const two = estimate({ ...NINETY, count: 2 }).realtime.highNano
    const three = estimate({ ...NINETY, count: 3 }).realtime.highNano
    expect(three - two).toBe(two - one)
    expect(two - one).toBeLessThan(one / 3)
  })

  test('are not assumed to share a cache in a cold batch: each of them writes at the high end', () => {
    const one = estimate({ ...NINETY, count: 1 }).batch.highNano
    expect(estimate(NINETY).batch.highNano).toBe(1_000 * one)
  })

  test('cost a fourth more for what each writes in a cold batch than if nothing asked for it', () => {
    const { caching } = estimate(NINETY)
    const plain = estimate({ ...NINETY, control: null }).batch
    const [cold, without] = [caching?.coldBatch, caching?.plainBatch]
    // The few bytes of cache_control themselves count as text.
    expect((without?.highNano ?? 0) / plain.highNano).toBeCloseTo(1, 2)
    expect((cold?.highNano ?? 0) / plain.highNano).toBeGreaterThan(1.2)
    expect((cold?.lowNano ?? 0) / (without?.lowNano ?? 1)).toBeGreaterThan(1.2)
  })

  test('cost nothing more where the model caches no prefix that short', () => {
    const { caching } = estimate({ ...NINETY, shared: 'rules '.repeat(20) })
    expect(caching?.coldBatch).toEqual(caching?.plainBatch)
  })

  test('may find it warm in batch at the low end', () => {
    const cached = estimate(NINETY)
    const plain = estimate({ ...NINETY, control: null })
    expect(cached.batch.lowNano).toBeLessThan(plain.batch.lowNano / 3)
    expect(plain.caching).toBeNull()
  })

  test('are cheaper in batch when little of them is shared', () => {
    const { caching } = estimate({
      count: 10,
      shared: 'rules '.repeat(800),
      own: 'claim '.repeat(9_000),
    })
    expect(caching?.batchIsDearer).toBe('no')
  })

  test('share nothing when it is shorter than the model caches', () => {
    const short = { count: 10, shared: 'rules '.repeat(100), own: 'claim ' }
    const { caching, batch, realtime } = estimate(short)
    expect(caching?.batchIsDearer).toBe('no')
    expect(realtime).toMatchObject({ lowNano: 2 * batch.lowNano, highNano: 2 * batch.highNano })
  })

  test('count on no saving where the model’s least is not known to be reached', () => {
    // 512 tokens are enough for Opus 5.5; of a model that nobody knows 4,096 are asked.
    const middle = { count: 10, shared: 'rules '.repeat(600), own: 'claim ' }
    expect(estimate(middle).caching?.batchIsDearer).toBe('yes')
    const unknown = estimate({ ...middle, model: 'claude-fable-5-2' })
    expect(unknown.caching?.batchIsDearer).toBe('no')
  })

  test('share nothing by a breakpoint behind their own messages', () => {
    expect(estimate({ ...NINETY, control: null, automatic: true }).caching).toBeNull()
  })

  test('write what is their own each time', () => {
    const plain = estimate({ ...NINETY, count: 2 }).realtime
    const own = estimate({ ...NINETY, count: 2, ownControl: true }).realtime
    expect(own.highNano).toBeGreaterThan(plain.highNano)
    expect(own.lowNano).toBeLessThan(plain.lowNano)
  })
})

test.each([
  ['claude-fable-5', 512],
  ['claude-mythos-5-1', 512],
  ['claude-fable-5-2', 4_096],
  ['claude-opus-5-5', 512],
  ['claude-opus-5', 512],
  ['claude-haiku-5-5', 512],
  ['claude-sonnet-5', 1_024],
  ['claude-sonnet-4-5-20250929', 1_024],
  ['claude-opus-4-7', 2_048],
  ['claude-opus-4-6', 4_096],
  ['claude-haiku-4-5', 4_096],
  ['something-else', 4_096],
])('%s caches from %s tokens on', (model, tokens) => {
  expect(leastCachedTokens(model)).toBe(tokens)
})
