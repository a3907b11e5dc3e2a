import { describe, expect, test } from 'vitest'
import {
  type AnswerHistory,
  type LearnedAnswer,
  learnedAnswer,
  learnFrom,
  NO_HISTORY,
  readHistory,
} from '../../../src/policy/money/answer-history.js'
import { Estimator } from '../../../src/policy/money/estimate.js'
import { PRICE_BOOK } from '../../../src/policy/money/price-book-data.js'
import { READ_AT } from './arrange.js'

const MODEL = 'claude-opus-5-5'

function answers(count: number, changes: Partial<LearnedAnswer> = {}): LearnedAnswer[] {
  return Array.from({ length: count }, (_, index) => ({
    textBytes: 3_000,
    promptTokens: 1_000 + (index % 10) * 10,
    maxTokens: 1_024,
    answerTokens: 40 + (index % 10),
    ...changes,
  }))
}

function estimate(history: AnswerHistory, maxTokens = 1_024) {
  const histories = new Map([[MODEL, history]])
  const estimator = new Estimator({ book: PRICE_BOOK, at: READ_AT, histories })
  for (let index = 0; index < 10; index += 1) {
    estimator.add({ model: MODEL, itemBytes: 3_070, maxTokens, content: null })
  }
  return estimator.estimate()
}

const historyOf = (learned: readonly LearnedAnswer[]): AnswerHistory =>
  learnFrom(NO_HISTORY, 'first', learned)

describe('what earlier answers tell', () => {
  test('narrows both ends, and is named with how many there were', () => {
    const plain = estimate(NO_HISTORY)
    const learned = estimate(historyOf(answers(100)))
    expect(learned.batch.lowNano).toBeGreaterThan(plain.batch.lowNano)
    expect(learned.batch.highNano).toBeLessThan(plain.batch.highNano / 3)
    const grounds = { type: 'history', answers: 100 }
    expect(learned.grounds).toEqual({ prompts: grounds, answers: grounds })
    expect(plain.grounds).toEqual({ prompts: { type: 'bytes' }, answers: { type: 'max_tokens' } })
  })

  test('never moves what a cap is held against', () => {
    const plain = estimate(NO_HISTORY)
    const { leastNano, ceilingNano } = estimate(historyOf(answers(100)))
    expect({ leastNano, ceilingNano }).toEqual({
      leastNano: plain.batch.lowNano,
      ceilingNano: plain.ceilingNano,
    })
  })

  test('is not gone by when there are fewer than 20', () => {
    expect(estimate(historyOf(answers(19)))).toEqual(estimate(NO_HISTORY))
    expect(estimate(historyOf(answers(20)))).not.toEqual(estimate(NO_HISTORY))
  })

  test('says of answers that were cut off that they can be as long as there is room now', () => {
    const cut = historyOf(answers(30, { answerTokens: 1_024 }))
    const high = (maxTokens: number): number => estimate(cut, maxTokens).batch.highNano
    expect(high(4_096) - high(1_024)).toBe(10 * 3_072 * 10_000)
    const whole = historyOf(answers(30, { answerTokens: 1_000 }))
    const [small, large] = [1_024, 4_096].map((most) => estimate(whole, most).batch.highNano)
    expect(large).toBeLessThan((small ?? 0) * 1.2)
  })

  test('holds the mean of answers of which a few are very long', () => {
    const long = [...answers(95), ...answers(5, { answerTokens: 1_000 })]
    const mean = long.reduce((sum, { answerTokens }) => sum + answerTokens, 0) / long.length
    const plain = historyOf(answers(100))
    const prompts = estimate(plain, 1).batch.highNano - 10 * 10_000
    expect(estimate(historyOf(long)).batch.highNano - prompts).toBeGreaterThan(10 * mean * 10_000)
  })

  test('counts a job once, keeps the newest 256, and survives being stored', () => {
    const first = historyOf(answers(200))
    expect(learnFrom(first, 'first', answers(5))).toBe(first)
    expect(learnFrom(first, 'second', [])).toBe(first)
    const second = learnFrom(first, 'second', answers(100, { promptTokens: 7 }))
    expect(second.jobs).toEqual(['second', 'first'])
    expect(second.answers).toHaveLength(256)
    expect(second.answers.filter(({ promptTokens }) => promptTokens === 7)).toHaveLength(100)
    expect(readHistory(JSON.parse(JSON.stringify(second)))).toEqual(second)
    expect(JSON.stringify(second).length).toBeLessThan(32_000)
  })

  test.each([
    null,
    {},
    'x',
    { version: 2, answers: [], jobs: [] },
    { version: 1, answers: 7, jobs: [] },
    { version: 1, answers: [{ textBytes: -1 }, null], jobs: [] },
  ])('of another shape is none: %j', (value) => {
    expect(readHistory(value)).toEqual(NO_HISTORY)
  })

  test('is learned of all classes of tokens', () => {
    const usage = {
      ...{
        inputTokens: 1,
        cacheReadTokens: 20,
        cacheWrite5mTokens: 300,
        cacheWrite1hTokens: 4_000,
      },
      ...{ outputTokens: 5, webSearchRequests: 0, inferenceGeo: null },
    }
    expect(learnedAnswer({ itemBytes: 1_068, maxTokens: 9 }, usage)).toMatchObject({
      ...{ promptTokens: 4_321, maxTokens: 9, answerTokens: 5 },
    })
  })
})
