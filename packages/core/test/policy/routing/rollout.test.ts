import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type IntakeRow, laneKey, laneOf } from '../../../src/index.js'
import { isInBatchPart, rolledOut } from '../../../src/policy/routing/rollout.js'

const hashOf = (key: string): Uint8Array =>
  createHash('sha256').update(key).digest().subarray(0, 16)

function row(key: string, overrides: Partial<IntakeRow> = {}): IntakeRow {
  const none = { row: null, prefix: null, deadlineAt: null, labels: null }
  return {
    ...{ key, keyHash: hashOf(key), paramsHash: hashOf(''), body: new Uint8Array(2), itemBytes: 2 },
    ...{ lane: laneKey({ betas: ['a'] }), model: 'm', maxTokens: 1, ...none },
    ...overrides,
  }
}

const percent = fc.integer({ min: 0, max: 100 })

test('a key of a part is of every larger one, none is of no part, and all are of the whole', () => {
  fc.assert(
    fc.property(fc.string(), percent, percent, (key, one, other) => {
      const hash = hashOf(key)
      const [less, more] = [Math.min(one, other), Math.max(one, other)]
      if (isInBatchPart(hash, less)) expect(isInBatchPart(hash, more)).toBe(true)
      expect([isInBatchPart(hash, 0), isInBatchPart(hash, 100)]).toEqual([false, true])
    }),
  )
})

test('a part is as large as it says', () => {
  for (const part of [10, 50]) {
    const keys = Array.from({ length: 10_000 }, (_, index) => hashOf(`claim-${index}`))
    const inBatches = keys.filter((hash) => isInBatchPart(hash, part)).length
    expect(Math.abs(inBatches / 100 - part)).toBeLessThan(1.5)
  }
})

test('what is of no part goes in real time, and says why', () => {
  const rolled = rolledOut(row('a'), { batchPercent: 0 })
  expect(laneOf(rolled.lane)).toMatchObject({ route: 'realtime', why: 'rollout', betas: ['a'] })
  expect(rolledOut(row('a'), { batchPercent: 100 })).toEqual(row('a'))
})

test('who named a route has it', () => {
  const asked = row('a', { isRouteAsked: true })
  expect(rolledOut(asked, { batchPercent: 0 })).toEqual(asked)
  const urgent = row('a', { lane: laneKey({ route: 'realtime' }) })
  expect(rolledOut(urgent, { batchPercent: 0 })).toEqual(urgent)
})
