import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JobId } from '../../src/model/ids.js'
import type { NanoUsd } from '../../src/model/money.js'
import type { Spending } from '../../src/model/spending.js'
import type { SubmissionState } from '../../src/model/submission.js'
import {
  admitPage,
  type BudgetFacts,
  type BudgetRequest,
  NO_SPENDING,
  neededCap,
  plusSpending,
  spentOn,
  usedNano,
} from '../../src/policy/budget.js'

const JOBS = [1, 2, 3] as JobId[]

function nano(value: number): NanoUsd {
  return value as NanoUsd
}

function request(jobId: number | null, holdNano: number | null): BudgetRequest {
  return { jobId: jobId as JobId | null, holdNano: holdNano as NanoUsd | null }
}

function facts(capNano: number, spending: Partial<Spending> = {}): BudgetFacts {
  return { capNano: nano(capNano), spending: { ...NO_SPENDING, ...spending } }
}

const amount = fc.integer({ min: 0, max: 1_000 })
const spendings = fc.record({
  paidNano: amount.map(nano),
  possiblyPaidNano: amount.map(nano),
  heldNano: amount.map(nano),
  openAttempts: fc.constant(0),
  unknownAttempts: fc.constantFrom(0, 0, 0, 1),
})
const pages = fc.array(
  fc.tuple(fc.option(fc.constantFrom(1, 2, 3)), fc.option(amount)).map(([jobId, hold]) => ({
    ...request(jobId, hold),
  })),
  { maxLength: 40 },
)
const caps = fc.array(fc.option(fc.tuple(fc.integer({ min: 0, max: 5_000 }), spendings)), {
  minLength: 3,
  maxLength: 3,
})

describe('admitPage', () => {
  test('nothing that joins brings a job above its cap, and nothing is left out without a reason', () => {
    fc.assert(
      fc.property(pages, caps, (page, drawn) => {
        const budgets = new Map<JobId, BudgetFacts>()
        for (const [index, cap] of drawn.entries()) {
          if (cap !== null) budgets.set(JOBS[index] as JobId, facts(cap[0], cap[1]))
        }
        const { admitted, stopped } = admitPage(page, budgets)
        expect(page.filter((each) => admitted.includes(each))).toEqual(admitted)
        for (const [jobId, budget] of budgets) {
          const mine = page.filter((each) => each.jobId === jobId)
          const joined = admitted.filter((each) => each.jobId === jobId)
          expect(joined).toEqual(mine.slice(0, joined.length))
          const sum = joined.reduce((total, { holdNano }) => total + (holdNano ?? Infinity), 0)
          if (joined.length > 0)
            expect(usedNano(budget.spending) + sum).toBeLessThanOrEqual(budget.capNano)
          const next = mine[joined.length]
          expect(stopped.has(jobId)).toBe(next !== undefined)
          if (next === undefined) continue
          const needed = stopped.get(jobId) ?? Infinity
          expect(needed).toBeGreaterThan(budget.capNano)
        }
        const free = page.filter((each) => each.jobId === null || !budgets.has(each.jobId))
        expect(admitted).toEqual(expect.arrayContaining(free))
      }),
    )
  })

  test('a request that fits exactly joins', () => {
    const budgets = new Map([[JOBS[0] as JobId, facts(100, { paidNano: nano(60) })]])
    expect(admitPage([request(1, 40)], budgets).admitted).toHaveLength(1)
    const { admitted, stopped } = admitPage([request(1, 41)], budgets)
    expect(admitted).toEqual([])
    expect(stopped).toEqual(new Map([[1, 101]]))
  })

  test('after the first that does not fit none of its job joins, also if it would fit', () => {
    const budgets = new Map([[JOBS[0] as JobId, facts(100)]])
    const page = [request(1, 60), request(1, 50), request(2, 9), request(1, 10), request(null, 9)]
    const { admitted, stopped } = admitPage(page, budgets)
    expect(admitted).toEqual([page[0], page[2], page[4]])
    expect(stopped).toEqual(new Map([[1, 110]]))
  })

  test('under a cap nothing of an unknown cost joins, nor beside something of an unknown cost', () => {
    const known = new Map([[JOBS[0] as JobId, facts(100)]])
    expect(admitPage([request(1, null)], known).stopped).toEqual(new Map([[1, null]]))
    const unknown = new Map([[JOBS[0] as JobId, facts(100, { unknownAttempts: 1 })]])
    expect(admitPage([request(1, 1)], unknown).stopped).toEqual(new Map([[1, null]]))
    expect(neededCap(facts(100), { holdNano: nano(7) })).toBe(7)
  })
})

describe('spentOn', () => {
  const attempt = {
    outcome: null,
    costNano: null,
    holdNano: nano(9),
    releasedAt: null,
    withdrawn: false,
    possiblyPaid: false,
  } as const
  const spent = (some: Partial<Spending>): Spending => ({ ...NO_SPENDING, ...some })

  test('an attempt counts at its hold until it is released, wherever it is', () => {
    const states: readonly SubmissionState[] = [
      'filling',
      'sealed',
      'ambiguous',
      'lost',
      'rejected',
    ]
    for (const state of states)
      expect(spentOn(attempt, state)).toEqual(spent({ heldNano: nano(9), openAttempts: 1 }))
  })

  test('released, it counts as long as the provider has its batch and that is not collected', () => {
    const released = { ...attempt, releasedAt: 1 }
    for (const state of ['in_progress', 'canceling', 'ended'] as const) {
      expect(spentOn(released, state)).toEqual(spent({ heldNano: nano(9), openAttempts: 1 }))
      expect(spentOn({ ...released, withdrawn: true }, state)).toEqual(NO_SPENDING)
    }
    for (const state of ['collected', 'lost', 'rejected', 'dissolved'] as const) {
      expect(spentOn(released, state)).toEqual(NO_SPENDING)
    }
  })

  test('a success counts at its cost, and at its hold while that is unknown', () => {
    const success = { ...attempt, outcome: 'succeeded', releasedAt: 1 } as const
    const priced = { ...success, costNano: nano(2) }
    expect(spentOn(priced, 'in_progress')).toEqual(spent({ paidNano: nano(2) }))
    expect(spentOn(success, 'collected')).toEqual(spent({ possiblyPaidNano: nano(9) }))
    expect(spentOn({ ...success, holdNano: null }, 'ended')).toEqual(spent({ unknownAttempts: 1 }))
  })

  test('without a hold it is under way all the same', () => {
    const unknown = { ...attempt, holdNano: null }
    expect(spentOn(unknown, 'in_progress')).toEqual(spent({ openAttempts: 1, unknownAttempts: 1 }))
  })

  test('what may have been paid counts at its hold, once', () => {
    const doubtful = { ...attempt, possiblyPaid: true, releasedAt: 1 }
    expect(spentOn(doubtful, 'lost')).toEqual(spent({ possiblyPaidNano: nano(9) }))
    expect(spentOn(doubtful, 'in_progress')).toEqual(spent({ heldNano: nano(9), openAttempts: 1 }))
  })

  test('sums add up', () => {
    const one = {
      ...{ paidNano: 1, possiblyPaidNano: 2, heldNano: 3, openAttempts: 5, unknownAttempts: 4 },
    } as Spending
    const two = {
      paidNano: 2,
      possiblyPaidNano: 4,
      heldNano: 6,
      openAttempts: 10,
      unknownAttempts: 8,
    }
    expect(plusSpending(one, one)).toEqual(two)
    expect(usedNano(one)).toBe(6)
  })
})
