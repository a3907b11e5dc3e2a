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

// Looked at again and again for its end, when the end fell between two milliseconds and nothing could happen before it.
it('a run in which nothing is left to happen before its end comes to it', async () => {
  const plant = plantNamed('forgotten_orphans')
  const { violations } = await runSeed({ seed: 22, storeKind: 'memory', plant })
  expect(violations.map(({ invariant }) => invariant)).toEqual(['L2'])
})
