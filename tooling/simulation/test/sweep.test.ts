import { describe, expect, it } from 'vitest'
import { countSweepCalls, doubleFaults, singleFaults, sweepFaults } from '../src/index.js'

describe('the sweep', () => {
  it('loses nothing and pays nothing twice, whatever is done to whichever call', async () => {
    const calls = await countSweepCalls({ storeKind: 'memory' })
    expect(calls).toBeGreaterThan(300)
    const runs = singleFaults(calls, 11)
    expect(runs.length).toBeGreaterThan((5 * calls) / 12)
    expect(await sweepFaults({ storeKind: 'memory' }, runs)).toEqual([])
  }, 120_000)

  it('loses nothing and pays nothing twice when two calls go wrong', async () => {
    const calls = await countSweepCalls({ storeKind: 'memory' })
    const runs = doubleFaults(calls, 60, 1)
    for (const [first, second] of runs) expect(first?.call).toBeLessThan(second?.call ?? 0)
    expect(await sweepFaults({ storeKind: 'memory' }, runs)).toEqual([])
  }, 120_000)

  it('tries the same pairs again for the same seed', () => {
    expect(doubleFaults(800, 20, 7)).toEqual(doubleFaults(800, 20, 7))
    expect(doubleFaults(800, 20, 8)).not.toEqual(doubleFaults(800, 20, 7))
  })
})
