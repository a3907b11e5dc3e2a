import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { avoidCount, packPage } from '../../src/policy/pack.js'
import { contentLengthOf } from '../../src/policy/wire-size.js'

const empty = { requestCount: 0, itemsBytes: 0, batchLimit: null }

describe('packPage', () => {
  test('never exceeds count or bytes, keeps the order, and leaves no request that still fits', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 60, max: 400 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 500, max: 5_000 }),
        fc.option(fc.integer({ min: 1, max: 30 })),
        (sizes, maxBatchRequests, maxBatchBytes, batchLimit) => {
          const page = sizes.map((itemBytes, index) => ({ itemBytes, index }))
          const policy = { maxBatchRequests, maxBatchBytes }
          const { picked, full } = packPage({ ...empty, batchLimit, policy }, page)
          const bytes = picked.reduce((sum, each) => sum + each.itemBytes, 0)
          expect(picked).toEqual(page.slice(0, picked.length))
          expect(picked.length).toBeLessThanOrEqual(
            Math.min(maxBatchRequests, batchLimit ?? Infinity),
          )
          expect(contentLengthOf(bytes, picked.length)).toBeLessThanOrEqual(maxBatchBytes)
          if (picked.length < page.length) expect(full).toBe(true)
        },
      ),
    )
  })

  test('a request larger than the policy allows goes alone', () => {
    const policy = { maxBatchRequests: 10, maxBatchBytes: 100 }
    const { picked, full } = packPage({ ...empty, policy }, [{ itemBytes: 500 }, { itemBytes: 60 }])
    expect(picked).toEqual([{ itemBytes: 500 }])
    expect(full).toBe(true)
  })

  test('a full submission takes nothing more', () => {
    const policy = { maxBatchRequests: 2, maxBatchBytes: 1_000 }
    const facts = { requestCount: 2, itemsBytes: 120, batchLimit: null, policy }
    expect(packPage(facts, [{ itemBytes: 60 }])).toEqual({ picked: [], full: true })
  })
})

describe('avoidCount', () => {
  test('leaves one out when a batch of unknown origin has that many', () => {
    expect(avoidCount(['a', 'b', 'c'], 2, new Set([5]))).toEqual(['a', 'b'])
  })

  test('keeps all when the count is free, and never leaves a submission empty', () => {
    expect(avoidCount(['a', 'b'], 0, new Set([3]))).toEqual(['a', 'b'])
    expect(avoidCount(['a'], 0, new Set([1]))).toEqual(['a'])
  })
})
