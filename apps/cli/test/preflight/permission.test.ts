import type { NanoUsd } from '@halfrate/core'
import { type Estimate, type EstimateBasis, Estimator, PRICE_BOOK } from '@halfrate/core/money'
import { describe, expect, test } from 'vitest'
import { permissionOf, type SendingRules } from '../../src/preflight/permission.js'
import type { PreflightFacts } from '../../src/screen/preflight-screen.js'
import { NOW, usd } from '../screen/facts.js'

const NOTHING = new Estimator({ book: PRICE_BOOK, at: NOW }).estimate()

function factsOf(
  cost: { readonly high: number; readonly ceiling?: number; readonly basis?: EstimateBasis },
  rest: Partial<Estimate> = {},
): PreflightFacts {
  const { high, ceiling = high, basis = 'estimate' } = cost
  const figure = { lowNano: 0 as NanoUsd, highNano: usd(high), basis }
  const estimate = { ...NOTHING, batch: figure, ceilingNano: usd(ceiling), ...rest }
  const place = { job: 'claims', store: '/claims.db', isLimited: false, areAnswered: true }
  const none = { before: 0, doneBefore: 0, waiting: 0, inBatches: 0, kept: 0 }
  return { ...place, ...none, rows: 12, toSend: 12, estimate }
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
    const waiting = { ...factsOf({ high: 12, ceiling: 14 }), waiting: 12 }
    const stepOf = (maxCostNano: SendingRules['maxCostNano']): string => {
      const permission = permissionOf(waiting, { ...RULES, maxCostNano, canAsk: false })
      return permission.type === 'refused'
        ? `${permission.error.message} ${permission.error.nextStep}`
        : permission.type
    }
    expect(permissionOf(waiting, RULES)).toEqual({ type: 'ask' })
    expect(stepOf(null)).toMatch(
      /^12 rows may cost .* Nothing was sent\. Add --yes to send them\.$/,
    )
    expect(stepOf(usd(13))).toMatch(
      /the next attempts of 12 rows can cost \$14\.00 .* Raise it, or cancel some of them\.$/,
    )
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
    const rules = { ...RULES, maxCostNano: usd(0), confirmAboveNano: usd(0) }
    expect(permissionOf(facts, rules)).toEqual({ type: 'send' })
  })
})

describe('the most that the first attempts may cost', () => {
  const limited = { ...RULES, isAgreed: true, maxCostNano: usd(20) }

  test('is held against what they can cost at the very most, not against what is likely', () => {
    expect(permissionOf(factsOf({ high: 5.3, ceiling: 20 }), limited)).toEqual({ type: 'send' })
    expect(refusalOf(factsOf({ high: 5.3, ceiling: 20.01 }), limited)).toMatchInlineSnapshot(
      `"--max-cost $20.00: the first attempts of 12 rows can cost $20.01 in batch, if every answer is as long as max_tokens and every byte of a prompt a token; $0–5.30 is likelier."`,
    )
  })

  test('is not promised where there is no limit to it', () => {
    const unpriced = factsOf({ high: 1, basis: 'floor' }, UNPRICED)
    expect(refusalOf(unpriced, limited)).toMatchInlineSnapshot(
      `"--max-cost $20.00: what 12 rows can cost has no known limit: there is no price for "claude-next"."`,
    )
    const open = factsOf({ high: 1, basis: 'floor' }, { openEndedRows: 3 })
    expect(refusalOf(open, limited)).toMatchInlineSnapshot(
      `"--max-cost $20.00: what 12 rows can cost has no known limit: 3 rows bring in files, pages or tools of unknown size."`,
    )
  })
})
