import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SubmissionId } from '../../../src/index.js'
import { COST_SUBMISSIONS, costPlaces } from '../../../src/policy/money/cost-places.js'
import type { CostPlace } from '../../../src/policy/money/index.js'

const sizes = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 3 * COST_SUBMISSIONS })

test('pages have every place of every submission once, in order, and none looks at more than its limit', () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 40 }), (counts, limit) => {
      const all = counts.map((places, index) => ({ id: (index + 1) as SubmissionId, places }))
      const expected = all.flatMap(({ id, places }) =>
        Array.from({ length: places }, (_, ordinal) => `${id}:${ordinal}`),
      )
      const seen: string[] = []
      // Each page has a place or passes a submission, but for the last.
      const most = expected.length + all.length + 1
      let [after, pages]: [CostPlace | null, number] = [null, 0]
      for (;;) {
        pages += 1
        expect(pages).toBeLessThanOrEqual(most)
        const first = after?.submissionId ?? 0
        const found = all.filter(({ id }) => id >= first).slice(0, COST_SUBMISSIONS)
        const page = costPlaces(found, { after, limit })
        const places = page.submissionIds.flatMap((id) => {
          const end = Math.min(page.to, counts[id - 1] ?? 0)
          return Array.from({ length: end - page.from }, (_, at) => `${id}:${page.from + at}`)
        })
        expect(places.length).toBeLessThanOrEqual(limit)
        seen.push(...places)
        if (page.next === null) break
        after = page.next
      }
      expect(seen).toEqual(expected)
    }),
  )
})
