import { describe, expect, it } from 'vitest'
import { findPlant, PLANTS } from '../src/index.js'

describe('a planted bug', () => {
  for (const plant of PLANTS) {
    it(`is found within ${plant.within} seeds: ${plant.about}`, async () => {
      const report = await findPlant(plant)
      expect(report?.violations).not.toEqual([])
      expect(report).not.toBeNull()
    }, 120_000)
  }
})
