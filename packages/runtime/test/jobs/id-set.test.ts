import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdSet } from '../../src/jobs/id-set.js'

test('holds what was added and nothing else, for numbers as large as ids get', () => {
  const id = fc.oneof(fc.integer({ min: 0, max: 40_000 }), fc.maxSafeNat())
  fc.assert(
    fc.property(fc.array(id), fc.array(id), (added, asked) => {
      const set = new IdSet()
      for (const each of added) set.add(each)
      const plain = new Set(added)
      for (const each of [...added, ...asked]) expect(set.has(each)).toBe(plain.has(each))
    }),
  )
})
