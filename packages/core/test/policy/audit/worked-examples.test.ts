import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { NanoUsd } from '../../../src/model/money.js'
import type { Usage } from '../../../src/model/usage.js'
import { inAMonth } from '../../../src/policy/audit/audit-report.js'
import { grossMarginOf } from '../../../src/policy/audit/gross-margin.js'
import { costOf, type Route } from '../../../src/policy/money/cost.js'
import { PRICE_BOOK } from '../../../src/policy/money/price-book-data.js'
import { usdText } from '../../../src/policy/money/usd-text.js'
import { noon, READ_AT, usage } from '../money/arrange.js'
import { audit, call } from './arrange.js'

const PAGE = readFileSync(
  new URL('../../../../../docs/worked-examples.md', import.meta.url),
  'utf8',
).replaceAll('\n', ' ')

/** An amount to its last digit, as the page has it. */
function dollars(nano: bigint): string {
  return `$${usdText(nano)}`
}

/** The text of one chapter of the page. */
function chapter(heading: string): string {
  const text = PAGE.split('## ').find((each) => each.startsWith(heading))
  expect(text, heading).toBeDefined()
  return text ?? ''
}

function unitCost(route: Route, used: Partial<Usage>, model = 'claude-sonnet-4-6'): bigint {
  const cost = costOf({ usage: usage(used), model, route, at: READ_AT, book: PRICE_BOOK })
  expect(cost).not.toBeNull()
  return BigInt(cost ?? 0)
}

/** What `count / of` calls cost in real time and in batch. */
function costs(used: Partial<Usage>, count: number, of = 1): readonly [string, string] {
  const text = (route: Route): string =>
    dollars((unitCost(route, used) * BigInt(count)) / BigInt(of))
  return [text('realtime'), text('batch')]
}

test('500 documents a day cost $28.50 a day and $855 a month, half of it in batch', () => {
  const used = { inputTokens: 15_000, outputTokens: 800 }
  expect(costs(used, 1)).toEqual(['$0.057', '$0.0285'])
  expect(costs(used, 500)).toEqual(['$28.50', '$14.25'])
  expect(costs(used, 500 * 30)).toEqual(['$855.00', '$427.50'])
  const page = chapter('Documents')
  for (const count of [1, 500, 15_000]) {
    expect(page).toContain(`| ${costs(used, count).join(' | ')} |`)
  }
})

test('the audit of a day of them says the same', () => {
  const used = usage({ inputTokens: 15_000, outputTokens: 800 })
  const document = call({ model: 'claude-sonnet-4-6', usage: used, isAwaited: false })
  const report = audit(Array.from({ length: 500 }, () => document))
  const days = report.period?.days ?? 0
  expect(dollars(report.money.spentNano)).toBe('$28.50')
  expect(dollars(inAMonth(report.money.spentNano, days))).toBe('$855.00')
  expect(dollars(inAMonth(report.saves.lowNano, days))).toBe('$427.50')
})

test('50,000 claims cost $412.50, in batch $206.25', () => {
  const [realtime, batch] = costs({ inputTokens: 2_000, outputTokens: 150 }, 50_000)
  expect([realtime, batch]).toEqual(['$412.50', '$206.25'])
  expect(chapter('Claims, every month')).toContain(`${realtime} in real time, ${batch} in batch`)
})

test('200 briefs a week are 10,400 a year; a month costs $49.40, in batch $24.70', () => {
  const used = { inputTokens: 9_000, outputTokens: 2_000 }
  const [year] = costs(used, 200 * 52)
  const [month, batch] = costs(used, 200 * 52, 12)
  expect([year, month, batch]).toEqual(['$592.80', '$49.40', '$24.70'])
  const page = chapter('Briefs')
  expect(page).toContain(`${year} is what a **year** costs`)
  expect(page).toContain(
    `${((200 * 52) / 12).toFixed(2)} briefs and costs ${month}, in batch ${batch}`,
  )
})

test('5,000 claims cost $0.0105 each and $52.50, in batch $26.25', () => {
  const used = { inputTokens: 2_000, outputTokens: 300 }
  const [month, batch] = costs(used, 5_000)
  expect(costs(used, 1)[0]).toBe('$0.0105')
  expect([month, batch]).toEqual(['$52.50', '$26.25'])
  const page = chapter('Claims, a few')
  expect(page).toContain(`costs $0.0105, and the month ${month}, in batch ${batch}`)
  expect(Math.round(750 / 52.5)).toBe(14)
})

test('half of $10,000 of inference turns a margin of 80 % into 85 %', () => {
  const usd = (dollars: number): NanoUsd => (dollars * 1e9) as NanoUsd
  const margin = (savedNano: NanoUsd): object | null =>
    grossMarginOf({ revenueNano: usd(100_000), cogsNano: usd(20_000), savedNano })
  expect(margin(usd(5_000))).toEqual({ before: 8_000, after: 8_500 })
  expect(chapter('Gross margin')).toContain('margin is 80 %')
  expect(chapter('Gross margin')).toContain('margin is 85 %')
})

test('Haiku 4.5 in batch costs less than a tenth of Opus 4.1 in real time', () => {
  const used = { inputTokens: 1_000_000, outputTokens: 200_000 }
  const opus = unitCost('realtime', used, 'claude-opus-4-1')
  const haiku = unitCost('batch', used, 'claude-haiku-4-5')
  expect(haiku * 10n).toBeLessThan(opus)
  expect(haiku * 30n).toBe(opus)
  const page = chapter('A smaller model')
  expect(page).toContain(`${dollars(opus)} with Opus 4.1 in real time, and ${dollars(haiku)} with`)
  expect(page).toContain(`Only ${dollars(unitCost('batch', used, 'claude-opus-4-1'))} of that`)
})

test('batch is dearer where 90 % of a prompt come from a cache and none would in batch', () => {
  const cached = usage({ inputTokens: 10_000, cacheReadTokens: 90_000 })
  const record = call({ usage: cached, isAwaited: false, at: noon('2026-11-20') })
  const { ready } = audit([record]).money.byStanding
  const warm = ready.spentNano - ready.savesHighNano
  const cold = ready.spentNano + ready.dearerNano
  const page = chapter('When batch is dearer')
  for (const nano of [ready.spentNano, warm, cold]) expect(page).toContain(dollars(nano))
  expect(cold).toBeGreaterThan(2n * ready.spentNano)
  expect(ready.savesLowNano).toBe(0n)
})
