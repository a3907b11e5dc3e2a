import { describe, expect, it } from 'vitest'
import { findPlant, PLANTS } from '../src/index.js'

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
