import { describe, expect, it } from 'vitest'
import { findPlant, PLANTS, plantNamed, runSeed } from '../src/index.js'

// The rarer ones take minutes; `simulate --plants` looks for all of them.
const SOON = 20

describe('a planted bug', () => {
  for (const plant of PLANTS.filter(({ within }) => within <= SOON)) {
    it(`is found within ${plant.within} seeds: ${plant.about}`, async () => {
      const report = await findPlant(plant)
      expect(report?.violations).not.toEqual([])
      expect(report).not.toBeNull()
    }, 120_000)
  }
})

// Once such a run looked for its end for ever: the end fell between two milliseconds, and nothing was left to happen.
it('a run that leaves something unbooked comes to its end', async () => {
  const plant = plantNamed('forgotten_orphans')
  let isLeft = false
  for (let seed = 205; !isLeft && seed <= 600; seed += 1) {
    const { violations } = await runSeed({ seed, storeKind: 'memory', plant })
    isLeft = violations.some(({ invariant }) => invariant === 'L2')
  }
  expect(isLeft).toBe(true)
}, 120_000)
