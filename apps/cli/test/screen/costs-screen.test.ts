import type { CostFigures, CostsReport } from '@halfrate/runtime'
import { expect, test } from 'vitest'
import { costsCsv } from '../../src/costs/costs-csv.js'
import { costsScreen } from '../../src/screen/costs-screen.js'
import { textOf } from './facts.js'

function figures(more: Partial<CostFigures> = {}): CostFigures {
  return {
    ...{ requests: 2, attempts: 2, succeeded: 2, inputTokens: 10, outputTokens: 5 },
    ...{ cacheReadTokens: 0, cacheWrite5mTokens: 0, cacheWrite1hTokens: 0, webSearchRequests: 0 },
    ...{ paidUsd: '0.42', realtimeUsd: '0.84', savedUsd: '0.42', savedPercent: 50 },
    ...{ paidTwice: 0, paidTwiceUsd: '0.00', notUsed: 0, notUsedUsd: '0.00' },
    ...{ possiblyPaid: 0, possiblyPaidUsd: '0.00', possiblyPaidUnknown: 0 },
    ...{ unpriced: 0, unpricedByModel: {}, ...more },
  }
}

const NOTHING = { paidUsd: '0.00', realtimeUsd: '0.00', savedUsd: '0.00', savedPercent: null }
const REPORT: CostsReport = {
  ...{ by: ['queue'], timeZone: 'UTC', other: null, caches: null },
  lines: [
    { group: ['known'], ...figures() },
    { group: ['both'], ...figures({ unpriced: 1 }) },
    { group: ['unknown'], ...figures({ ...NOTHING, unpriced: 2 }) },
    { group: ['nothing'], ...figures({ ...NOTHING, succeeded: 0 }) },
  ],
  total: figures({ unpriced: 3, succeeded: 6, unpricedByModel: { m: 3 } }),
}

const CACHES = { readTokens: 11_000, writtenTokens: 1_000, savedUsd: '0.02', unpriced: 0 }

test('what caching came to stands below the table, beside what was expected', () => {
  const shown = (caches: CostsReport['caches']): string =>
    textOf(costsScreen({ ...REPORT, caches }, 300))
  const predictedReadTokens = { low: 3_300, high: 12_000 }
  expect(shown({ ...CACHES, predictedReadTokens })).toContain(
    'cache: 11,000 tokens read and 1,000 written, which saved $0.02; 3,300 to 12,000 were expected to be read',
  )
  expect(shown({ ...CACHES, savedUsd: '-0.03', unpriced: 2, predictedReadTokens: null })).toContain(
    'which cost $0.03 more than none would have, without 2 answers of unknown price',
  )
  expect(shown(null)).not.toContain('cache:')
})

test('what has no known price is shown as unknown, and never as nothing', () => {
  const lines = textOf(costsScreen(REPORT, 120)).split('\n')
  const line = (name: string): string => lines.find((each) => each.includes(name)) ?? ''

  expect(line('known ')).toMatch(/\$0\.42 +\$0\.84 +\$0\.42 +50 %/)
  expect(line('both')).toMatch(/\$0\.42 \+ \? +\$0\.84 \+ \? +\$0\.42 \+ \?/)
  expect(line('unknown')).toMatch(/ \? +\? +\? *$/)
  expect(line('nothing')).toMatch(/\$0 +\$0 +\$0/)
  expect(line('total')).toContain('$0.42 + ?')
  expect(line('no known price')).toContain('3 answers (3 of m)')
})

test('a file has no amount where none is known', () => {
  const [head = '', ...rows] = costsCsv(REPORT).split('\r\n')
  const at = head.split(',').indexOf('paid_usd')

  expect(rows.slice(0, 4).map((row) => row.split(',')[at])).toEqual(['0.42', '0.42', '', '0.00'])
})
