import { describe, expect, it } from 'vitest'
import { readRegressions, runSeed } from '../src/index.js'

describe('a seed that failed once', () => {
  for (const { seed, store, without, found } of readRegressions()) {
    it(`passes: ${found}`, async () => {
      const { violations } = await runSeed({ seed, storeKind: store, without })
      expect(violations).toEqual([])
    }, 120_000)
  }
})
