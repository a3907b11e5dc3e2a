import { type Estimate, type EstimateBasis, Estimator, PRICE_BOOK } from '@halfrate/core/money'
import { describe, expect, test } from 'vitest'
import { permissionOf, type SendingRules } from '../../src/preflight/permission.js'
import type { PreflightFacts } from '../../src/screen/preflight-screen.js'
import { NOW, usd } from '../screen/facts.js'

const NOTHING = new Estimator({ book: PRICE_BOOK, at: NOW }).estimate()

function factsOf(
  cost: { readonly high: number; readonly low?: number; readonly basis?: EstimateBasis },
  rest: Partial<Estimate> = {},
): PreflightFacts {
  const { high, low = 0, basis = 'estimate' } = cost
  const figure = { lowNano: usd(low), highNano: usd(high), basis }
  const estimate = { ...NOTHING, batch: figure, leastNano: usd(low), ...rest }
  const place = { job: 'claims', store: '/claims.db', isLimited: false, areAnswered: true }
  const none = { before: 0, doneBefore: 0, waiting: 0, inBatches: 0, kept: 0 }
  return { ...place, ...none, rows: 12, toSend: 12, estimate, ready: null, budget: null }
}

const RULES: SendingRules = {
  confirmAboveNano: usd(10),
  isAgreed: false,
  maxCostNano: null,
  canAsk: true,
}

const UNPRICED = {
  unpricedRows: 2,
  models: [{ model: 'claude-next', unpricedRows: 2 } as Estimate['models'][number]],
}

function refusalOf(facts: PreflightFacts, rules: SendingRules): string {
  const permission = permissionOf(facts, rules)
  return permission.type === 'refused' ? permission.error.message : permission.type
}

describe('whether rows are sent', () => {
  test('nobody is asked up to the limit', () => {
    expect(permissionOf(factsOf({ high: 10 }), RULES)).toEqual({ type: 'send' })
  })

  test('somebody is asked above it', () => {
    expect(permissionOf(factsOf({ high: 10.01 }), RULES)).toEqual({ type: 'ask' })
    const always = { ...RULES, confirmAboveNano: usd(0) }
    expect(permissionOf(factsOf({ high: 0.01 }), always)).toEqual({ type: 'ask' })
  })

  test('where nobody can be asked nothing is sent above it', () => {
    expect(refusalOf(factsOf({ high: 12.4 }), { ...RULES, canAsk: false })).toMatchInlineSnapshot(
      `"12 rows may cost $12.40 in batch, more than --confirm-above $10.00, and nobody can be asked here."`,
    )
  })

  test('to try the first rows is offered only where that helps', () => {
    const nextStep = (facts: PreflightFacts): string => {
      const permission = permissionOf(facts, { ...RULES, canAsk: false })
      return permission.type === 'refused' ? permission.error.nextStep : permission.type
    }
    expect(nextStep(factsOf({ high: 12 }))).toBe(
      'Nothing was sent. Add --yes to send them, or --limit 10 to try the first ones.',
    )
    const all = 'Nothing was sent. Add --yes to send them.'
    expect(nextStep({ ...factsOf({ high: 12 }), toSend: 10 })).toBe(all)
    expect(nextStep(factsOf({ high: 0, basis: 'floor' }, UNPRICED))).toBe(all)
  })

  test('what waits from before is counted, and no part of it is offered', () => {
    const waiting = { ...factsOf({ high: 12 }), waiting: 12 }
    expect(permissionOf(waiting, RULES)).toEqual({ type: 'ask' })
    expect(refusalOf(waiting, { ...RULES, canAsk: false })).toMatch(/^12 rows may cost .*/)
  })

  test('who said yes beforehand is not asked', () => {
    for (const canAsk of [true, false]) {
      const rules = { ...RULES, isAgreed: true, canAsk }
      expect(permissionOf(factsOf({ high: 999 }), rules)).toEqual({ type: 'send' })
    }
  })

  test('a cost that is not known counts as above the limit', () => {
    const facts = factsOf({ high: 0, basis: 'floor' }, UNPRICED)
    expect(permissionOf(facts, RULES)).toEqual({ type: 'ask' })
    expect(refusalOf(facts, { ...RULES, canAsk: false })).toMatchInlineSnapshot(
      `"what 12 rows cost is not known: there is no price for "claude-next", and nobody can be asked here."`,
    )
    const open = factsOf({ high: 0, basis: 'floor' }, { openEndedRows: 1 })
    expect(refusalOf(open, { ...RULES, canAsk: false })).toMatchInlineSnapshot(
      `"what 12 rows cost is not known: 1 row brings in files, pages or tools of unknown size, and nobody can be asked here."`,
    )
  })

  test('nothing is asked where nothing is to be sent', () => {
    const facts = { ...factsOf({ high: 0, basis: 'exact' }), toSend: 0 }
    const rules = { ...RULES, confirmAboveNano: usd(0) }
    const capped = { ...facts, budget: capOf(0) }
    expect(permissionOf(capped, rules)).toEqual({ type: 'send' })
  })
})

function capOf(cap: number, used = 0, isGiven = true): NonNullable<PreflightFacts['budget']> {
  const outlook = { outlook: 'in_turns', leastHoldNano: null } as const
  return { capNano: usd(cap), usedNano: usd(used), isGiven, ...outlook }
}

describe('the cap of a job', () => {
  const limited = { ...RULES, isAgreed: true }

  test('lets rows begin whose low end fits, since what does not fit later waits', () => {
    const facts = { ...factsOf({ low: 20, high: 500 }), budget: capOf(20) }
    expect(permissionOf(facts, limited)).toEqual({ type: 'send' })
  })

  test('accepts no new rows of which not even the low end fits beside what is used', () => {
    const dear = { ...factsOf({ low: 20.01, high: 500 }), budget: capOf(20) }
    expect(refusalOf(dear, limited)).toMatchInlineSnapshot(
      `"--max-cost $20.00: 12 rows cost $20.01 in batch at the very least; $20.01–500.00 is likely."`,
    )
    const late = { ...factsOf({ low: 8, high: 9 }), budget: capOf(20, 12.5, false) }
    expect(refusalOf(late, limited)).toMatchInlineSnapshot(
      `"the cap of job claims, $20.00: 12 rows cost $8.00 in batch at the very least, and $12.50 of it is used; $8.00–9.00 is likely."`,
    )
  })

  test('refuses nothing that waits from before, which is accepted already', () => {
    const facts = { ...factsOf({ low: 8, high: 9 }), waiting: 12, budget: capOf(1, 5) }
    expect(permissionOf(facts, limited)).toEqual({ type: 'send' })
  })

  test('is not promised where there is no limit to what rows can cost', () => {
    const unpriced = { ...factsOf({ high: 1, basis: 'floor' }, UNPRICED), budget: capOf(20) }
    expect(refusalOf(unpriced, limited)).toMatchInlineSnapshot(
      `"--max-cost $20.00: what 12 rows can cost has no known limit: there is no price for "claude-next"."`,
    )
    const open = {
      ...factsOf({ high: 1, basis: 'floor' }, { openEndedRows: 3 }),
      budget: capOf(20),
    }
    expect(refusalOf(open, limited)).toMatchInlineSnapshot(
      `"--max-cost $20.00: what 12 rows can cost has no known limit: 3 rows bring in files, pages or tools of unknown size."`,
    )
  })
})
