import { expect } from 'vitest'
import type { OperatingCase } from './operating-case.js'

/** How the database behind a store is. */
export const healthCases: readonly OperatingCase[] = [
  {
    name: 'a store that is in order has no faults, and tells what it is made of',
    run: async (scene, store) => {
      await scene.enqueue('a', 'b')
      const { engine, schema, bytes, faults } = await store.health({ thorough: true })
      expect(faults ?? []).toEqual([])
      expect([engine, schema]).not.toContain('')
      expect(bytes).toBeGreaterThanOrEqual(0)
    },
  },
]
