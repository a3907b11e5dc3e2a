import { itemBytesOf } from '@halfrate/core'
import { splitBody, wireBytesOf } from '@halfrate/core/intake'
import { expect, it } from 'vitest'
import { drawScenario, workloadsOf } from '../../src/scenario/scenario.js'

it('in some seeds ids end in keys, of most deliveries and not of all, and each size counts its own', () => {
  const found = { plain: 0, tailed: 0, mixed: 0 }
  for (let seed = 1; seed <= 200; seed += 1) {
    for (const { deliveries } of workloadsOf(drawScenario(seed, 'one'))) {
      const tailed = deliveries.map(({ rows }) => {
        const kinds = rows.map(({ key, prefix, body: stored, itemBytes }) => {
          const { tail, body } = splitBody(stored)
          const tailBytes = tail?.length ?? 0
          const wireBytes = wireBytesOf(body)
          expect(itemBytes).toBe(itemBytesOf(prefix?.bytes.length ?? 0, wireBytes) + tailBytes)
          if (tail !== null) expect(Buffer.from(tail).toString()).toBe(`-${key}`)
          return tail !== null
        })
        expect(new Set(kinds).size).toBe(1)
        return kinds[0] === true
      })
      if (!tailed.includes(true)) found.plain += 1
      else if (tailed.includes(false)) found.mixed += 1
      else found.tailed += 1
    }
  }
  expect(found.plain).toBeGreaterThan(found.tailed + found.mixed)
  expect(Math.min(found.tailed, found.mixed)).toBeGreaterThan(5)
})
