import { expect, it } from 'vitest'
import type { BilledRow } from '../../src/killtest/emulator-process.js'
import {
  billedTwice,
  lostRows,
  moneyProblems,
  type OutputRow,
  orderProblems,
  questionOf,
} from '../../src/killtest/judge-run.js'

function row(number: number, over: Partial<OutputRow> = {}): OutputRow {
  const text = `The input begins with "${questionOf(number)}".`
  return { key: `row-${number}`, status: 'succeeded', text, cost_usd: '0.00001', ...over }
}

it('finds rows that are missing, failed, out of order, or under the wrong key', () => {
  const right = [row(1), row(2), row(3)]
  expect(orderProblems(right, 3)).toEqual([])
  expect(lostRows(right, 3)).toBe(0)
  expect(lostRows([row(1), row(2, { status: 'failed', text: null })], 3)).toBe(2)
  expect(orderProblems([row(1), row(2)], 3)).toEqual(['2 rows of 3 were written'])
  expect(orderProblems([row(1), row(3), row(2)], 3)[0]).toBe(
    'row-3 is not in the order of the input',
  )
  const swapped = [row(1), row(2, { text: row(12).text }), row(3)]
  expect(orderProblems(swapped, 3)).toEqual([`row-2 has another row's answer: ${row(12).text}`])
})

it('counts every billed row of a request after its first', () => {
  const id = (request: string, nonce: string): string =>
    `h1${request.padStart(11, '0')}${nonce.repeat(13)}${'0'.repeat(16)}`
  const billed = [id('1', 'a'), id('2', 'a'), id('1', 'b')].map((custom_id) => ({
    batch_id: 'msgbatch_1',
    custom_id,
    nano_usd: '10000',
  }))
  expect(billedTwice(billed)).toBe(1)
})

it('holds what rows and the store say that was paid against each bill, to the last nano-dollar', () => {
  const bill = (nano_usd: string | null): BilledRow => ({ batch_id: 'b', custom_id: 'c', nano_usd })
  const billed = [bill('10000'), bill(null), bill('1000000001')]
  const rows = [row(1), row(2, { cost_usd: '1.000000001' }), row(3, { cost_usd: null })]
  const report = { paid_usd: '1.000010001', waste_usd: '0.00', unpriced: 1 }
  expect(moneyProblems(billed, rows, report)).toEqual([])
  expect(moneyProblems(billed, rows, null)).toHaveLength(1)
  const off = [row(1, { cost_usd: '0.000010001' }), ...rows.slice(1)]
  expect(moneyProblems(billed, off, report)).toHaveLength(1)
  expect(moneyProblems(billed, rows.slice(1), report)).toHaveLength(1)
  expect(moneyProblems(billed, rows, { ...report, paid_usd: '1.00001' })).toHaveLength(1)
  expect(moneyProblems(billed, rows, { ...report, waste_usd: '0.01' })).toHaveLength(1)
  expect(moneyProblems(billed, rows, { ...report, unpriced: 0 })).toHaveLength(1)
})
