import { describe, expect, test } from 'vitest'
import { CountSampler, DEFAULT_SAMPLE_ROWS } from '../../../src/policy/money/count-sampler.js'
import { countedTokens } from '../../../src/policy/money/counted-tokens.js'
import { Estimator } from '../../../src/policy/money/estimate.js'
import { PRICE_BOOK } from '../../../src/policy/money/price-book-data.js'
import type { PromptContent } from '../../../src/policy/money/prompt-content.js'
import { promptTokensOf } from '../../../src/policy/money/prompt-tokens.js'
import { studentT } from '../../../src/policy/money/student-t.js'
import { READ_AT } from './arrange.js'

const PLAIN: PromptContent = {
  encodedBytes: 0,
  images: 0,
  documents: 0,
  fetches: false,
  hasTools: false,
  caching: null,
  isInUs: false,
}

interface Row {
  readonly model: string
  readonly itemBytes: number
  readonly tokens: number
  readonly content: PromptContent
  readonly prefix: { readonly bytes: Uint8Array } | null
  readonly body: Uint8Array
}

// Small and fast, and the same everywhere.
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Rows whose tokens a byte differ from row to row, of sizes over three decades. */
function corpus(random: () => number, count: number, changes: Partial<Row> = {}): Row[] {
  return Array.from({ length: count }, () => {
    const itemBytes = 300 + Math.floor(10 ** (2 + 2.5 * random()))
    const tokens = Math.round(itemBytes / (2.5 + 2 * random()))
    const row = { model: 'claude-opus-5-5', itemBytes, tokens, content: PLAIN, prefix: null }
    return { ...row, body: new TextEncoder().encode(String(tokens)), ...changes }
  })
}

function estimate(rows: readonly Row[], random: () => number, limit?: number) {
  const sampler = new CountSampler({ limit, random })
  const estimator = new Estimator({ book: PRICE_BOOK, at: READ_AT })
  for (const row of rows) estimator.add({ ...row, maxTokens: 1 }, sampler.offer(row))
  const sample = sampler.drawn.map(({ drawn, ...stratum }) => ({
    ...stratum,
    counted: drawn.map(({ textBytes, body }) => ({
      textBytes,
      tokens: Number(new TextDecoder().decode(body)),
    })),
  }))
  return { ...estimator.estimate(countedTokens(sample)), sample }
}

const totalOf = (rows: readonly Row[]): number => rows.reduce((sum, row) => sum + row.tokens, 0)

describe('a counted sample', () => {
  test('holds the true tokens within its stated error at least 19 times in 20', () => {
    const random = seeded(7)
    const runs = 300
    let held = 0
    let widest = 0
    for (let run = 0; run < runs; run += 1) {
      const rows = corpus(random, 600)
      const { models } = estimate(rows, random)
      const { low, high } = models[0]?.promptTokens ?? { low: 0, high: 0 }
      const tokens = totalOf(rows)
      if (low <= tokens && tokens <= high) held += 1
      widest = Math.max(widest, (high - low) / tokens)
    }
    expect(held / runs).toBeGreaterThanOrEqual(0.95)
    expect(widest).toBeLessThan(0.2)
  })

  test('makes the cost narrow, and says how many rows it rests on and how far off it can be', () => {
    const random = seeded(3)
    const rows = corpus(random, 1_000)
    const bySize = estimate(rows, random, 1).models[0]
    const { models, batch, sample } = estimate(rows, random)
    const grounds = models[0]?.grounds.prompts
    if (grounds?.type !== 'counted') return expect(grounds?.type).toBe('counted')
    const counted = sample.reduce((sum, stratum) => sum + stratum.counted.length, 0)
    expect(grounds.rows).toBe(counted)
    expect(grounds.rows).toBeLessThanOrEqual(DEFAULT_SAMPLE_ROWS)
    expect(grounds.errorShare).toBeGreaterThanOrEqual(0.01)
    expect(grounds.errorShare).toBeLessThan(0.1)
    // $2.00 and $10.00 a million in batch, and one token of each answer.
    const paid = totalOf(rows) * 2_000 + 1_000 * 10_000
    expect(batch.lowNano).toBeLessThanOrEqual(paid)
    expect(batch.highNano).toBeGreaterThanOrEqual(paid)
    expect(batch.highNano - batch.lowNano).toBeLessThan(0.2 * paid)
    expect(bySize?.grounds.prompts.type).toBe('bytes')
  })

  test('of all rows is off by no more than counts are', () => {
    const random = seeded(5)
    const { models } = estimate(corpus(random, 12), random)
    expect(models[0]?.grounds.prompts).toEqual({
      ...{ type: 'counted', rows: 12, errorShare: 0.01, uncountedRows: 0 },
    })
  })

  test('says nothing of a stratum of which fewer than two rows were counted', () => {
    const stratum = { stratum: 's', model: 'm', rows: 3, textBytes: 900 }
    const one = { textBytes: 300, tokens: 100 }
    expect(countedTokens([{ ...stratum, counted: [one] }]).size).toBe(0)
    expect(countedTokens([{ ...stratum, counted: [one, one] }]).get('s')?.tokens).toBe(300)
    expect(countedTokens([{ ...stratum, rows: 1, textBytes: 300, counted: [one] }]).size).toBe(1)
  })

  test('leaves rows with files to their bytes, and says so', () => {
    const random = seeded(9)
    const picture = { ...PLAIN, images: 1, encodedBytes: 200 }
    const rows = [...corpus(random, 30), ...corpus(random, 2, { content: picture })]
    const { models } = estimate(rows, random)
    expect(models[0]?.grounds.prompts).toMatchObject({ type: 'counted', uncountedRows: 2 })
    const [low = 0] = rows.slice(-2).map((row) => promptTokensOf(row).low)
    expect(models[0]?.promptTokens.low).toBeGreaterThan(low)
  })

  test('draws never more than its limit, the same number of each stratum, and each row of one alike', () => {
    const random = seeded(11)
    const prefixes = [null, { bytes: new Uint8Array([1]) }, { bytes: new Uint8Array([2]) }]
    const sampler = new CountSampler({ limit: 30, random })
    const times = new Map<string, number>()
    for (const [index, row] of corpus(random, 3_000).entries()) {
      const prefix = prefixes[index % 3] ?? null
      const name = sampler.offer({ ...row, itemBytes: 1_000, prefix })
      times.set(String(name), (times.get(String(name)) ?? 0) + 1)
    }
    expect([...times.values()]).toEqual([1_000, 1_000, 1_000])
    expect(sampler.drawn.map(({ drawn }) => drawn.length)).toEqual([10, 10, 10])
    expect(sampler.drawn.map(({ rows }) => rows)).toEqual([1_000, 1_000, 1_000])
  })

  test('draws late rows as often as early ones', () => {
    const random = seeded(13)
    let late = 0
    for (let run = 0; run < 200; run += 1) {
      const sampler = new CountSampler({ limit: 10, random })
      const [row] = corpus(random, 1)
      for (let index = 0; row !== undefined && index < 100; index += 1) {
        sampler.offer({ ...row, body: new Uint8Array([index]) })
      }
      late += sampler.drawn
        .flatMap(({ drawn }) => drawn)
        .filter(({ body }) => Number(body[0]) >= 50).length
    }
    // Half of 2,000, give or take five standard deviations.
    expect(late).toBeGreaterThan(900)
    expect(late).toBeLessThan(1_100)
  })

  test('stays small where rows are large', () => {
    const random = seeded(17)
    const body = new Uint8Array(1_500_000)
    const [row] = corpus(random, 1, { body, itemBytes: 1_500_000 })
    const sampler = new CountSampler({ random })
    for (let index = 0; row !== undefined && index < 60; index += 1) sampler.offer(row)
    const kept = sampler.drawn.flatMap(({ drawn }) => drawn)
    expect(kept.reduce((sum, each) => sum + each.body.length, 0)).toBeLessThanOrEqual(33_554_432)
    expect(kept.length).toBeGreaterThan(1)
  })
})

test('Student’s t is that of the tables', () => {
  expect([1, 2, 10].map(studentT)).toEqual([31.821, 6.965, 2.764])
  for (const [freedom, table] of [
    [12, 2.681],
    [30, 2.457],
    [120, 2.358],
  ] as const) {
    expect(studentT(freedom)).toBeCloseTo(table, 2)
  }
  expect(studentT(2.9)).toBe(studentT(2))
  expect(studentT(0.3)).toBe(studentT(1))
})
