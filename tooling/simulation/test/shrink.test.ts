import { describe, expect, it } from 'vitest'
import { PLANTS, runSeed, shrinkSeed } from '../src/index.js'

const plant = PLANTS.find(({ name }) => name === 'evidence_once') ?? null

describe('a seed that fails', () => {
  it('is made smaller, and fails in the same way without what was left out', async () => {
    // From here on the first has faults that it can go without, and little follows when they are left out.
    let seed = 695
    let failed = await runSeed({ seed, storeKind: 'memory', plant })
    while (failed.violations.length === 0) {
      seed += 1
      failed = await runSeed({ seed, storeKind: 'memory', plant })
    }
    const options = { seed, storeKind: 'memory', plant } as const
    const { without, report } = await shrinkSeed(options, failed)
    expect(without.length).toBeGreaterThan(0)
    expect(report.faults).toBeLessThan(failed.faults)
    const again = await runSeed({ ...options, without })
    expect(again.violations).toEqual(report.violations)
    expect(again.violations[0]?.invariant).toBe(failed.violations[0]?.invariant)
  }, 120_000)

  it('does not accept faults that are none', async () => {
    await expect(runSeed({ seed: 1, storeKind: 'memory', without: ['gremlins'] })).rejects.toThrow(
      /gremlins/,
    )
  })

  it('goes as it went when nothing is left out that struck', async () => {
    const plain = await runSeed({ seed: 3, storeKind: 'memory' })
    const unstruck = await runSeed({ seed: 3, storeKind: 'memory', without: ['crash#999'] })
    expect(unstruck.digest).toBe(plain.digest)
  })
})
