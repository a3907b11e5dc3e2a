import { describe, expect, test } from 'vitest'
import type { ModelReport } from '../../../src/policy/audit/audit-report.js'
import type { ModelComparison } from '../../../src/policy/audit/cheaper-models.js'
import type { UsageRecord } from '../../../src/policy/audit/usage-record.js'
import { usage } from '../money/arrange.js'
import { audit, call } from './arrange.js'

const USD = 1_000_000_000n

function comparison(...records: readonly UsageRecord[]): ModelComparison | null | undefined {
  const { models, features } = audit(records)
  const [model] = models as readonly [ModelReport]
  expect(features[0]?.models[0]?.comparison).toEqual(model.comparison)
  return model.comparison
}

describe('the comparison with cheaper models', () => {
  test('puts their prices on the same tokens', () => {
    const found = comparison(call({ usage: usage({ inputTokens: 50_000, outputTokens: 10_000 }) }))
    expect(found?.realtimeNano).toBe(USD / 2n)
    expect(found?.batchNano).toBe(USD / 4n)
    expect(found?.cheaper.map(({ model, realtimeNano }) => [model, realtimeNano])).toEqual([
      ['claude-haiku-5-5', 10_000_000n],
      ['claude-sonnet-5-5', 200_000_000n],
      ['claude-opus-5-5', 400_000_000n],
    ])
    expect(found?.cheaper[0]).toMatchObject({ batchNano: 5_000_000n, isRecounted: false })
  })

  test('adds 30 % of tokens where the other model counts more for the same text', () => {
    const tokens = usage({ inputTokens: 50_000 })
    const found = comparison(call({ model: 'claude-haiku-4-5', usage: tokens }))
    expect(found?.realtimeNano).toBe(50_000_000n)
    expect(found?.cheaper).toEqual([
      {
        ...{ model: 'claude-haiku-5-5', isRecounted: true },
        ...{ realtimeNano: 6_500_000n, batchNano: 3_250_000n },
      },
    ])
  })

  test('puts a long prompt above the step, counted as the other model counts', () => {
    const at = (model: string, inputTokens: number): bigint | undefined =>
      comparison(call({ model, usage: usage({ inputTokens }) }))?.cheaper[0]?.realtimeNano
    expect(at('claude-opus-5', 100_000)).toBe(10_000_000n)
    expect(at('claude-opus-5', 100_001)).toBe(50_000_500n)
    expect(at('claude-opus-4-5', 76_923)).toBe(9_999_990n)
    expect(at('claude-opus-4-5', 76_924)).toBe(50_000_600n)
  })

  test('leaves a model with a step out where only sums of prompts are known', () => {
    const found = comparison(call({ calls: null }))
    expect(found?.cheaper.map(({ model }) => model)).not.toContain('claude-haiku-5-5')
    expect(found?.cheaper).not.toHaveLength(0)
    expect(comparison(call({ calls: null, model: 'claude-haiku-5-5' }))).toBeNull()
  })

  test('is about answered calls in real time at the standard price', () => {
    expect(comparison(call({ serviceTier: 'batch' }))).toBeNull()
    expect(comparison(call({ speed: 'fast' }))).toBeNull()
    expect(comparison(call({ model: 'claude-next' }))).toBeNull()
    expect(comparison(call({ usage: null }))).toBeNull()
  })
})
