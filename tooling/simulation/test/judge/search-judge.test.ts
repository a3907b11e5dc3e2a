import { HOUR_MS, MAX_INCIDENT_CREATES, MINUTE_MS } from '@halfrate/core'
import { expect, it } from 'vitest'
import { judgeSearch } from '../../src/judge/search-judge.js'
import { Violations } from '../../src/judge/violation.js'

function violationsOf(instants: readonly number[]): number {
  const violations = new Violations(() => 0)
  const creates = instants.map((at) => ({ at, lane: 'lane' }))
  judgeSearch({ creates, underWay: 2, violations })
  return violations.all.length
}

const every = (ms: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index * ms)

it('the search for bad requests may cost a lane one incident in an hour, and what was under way', () => {
  expect(violationsOf(every(1_000, MAX_INCIDENT_CREATES + 2))).toBe(0)
  expect(violationsOf(every(1_000, MAX_INCIDENT_CREATES + 3))).toBe(1)
})

it('a search that begins anew after an hour of rest is another one', () => {
  const first = every(1_000, MAX_INCIDENT_CREATES)
  const second = first.map((at) => at + HOUR_MS + MINUTE_MS)
  expect(violationsOf([...first, ...second])).toBe(0)
})
