import { expect, test } from 'vitest'
import { COMPARISONS } from '../src/comparisons.js'
import { SIDES } from '../src/side.js'

test.each(COMPARISONS)('$name, $what: every side can be loaded', async (comparison) => {
  const sides = [comparison.prepare, comparison.ours, comparison.baseline]
  for (const name of sides.filter((side) => side !== undefined)) {
    const load = SIDES[name]
    expect(load, `there is a side named ${name}`).toBeDefined()
    expect(await load?.()).toBeTypeOf('function')
  }
})

test('every side belongs to a comparison', () => {
  const used = COMPARISONS.flatMap((each) => [each.prepare, each.ours, each.baseline])
  expect(new Set(used.filter((side) => side !== undefined))).toEqual(new Set(Object.keys(SIDES)))
})
