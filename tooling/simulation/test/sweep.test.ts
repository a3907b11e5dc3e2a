import { describe, expect, it } from 'vitest'
import { sweepAll } from '../src/index.js'

describe('the sweep', () => {
  it('loses nothing and pays nothing twice, whatever is done to whichever call', async () => {
    const { failures, calls, runs } = await sweepAll('memory', { every: 7 })
    expect(failures).toEqual([])
    expect(calls).toBeGreaterThan(300)
    expect(runs).toBeGreaterThan(calls / 7)
  }, 120_000)
})
