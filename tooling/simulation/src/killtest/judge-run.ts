import { readFile } from 'node:fs/promises'
import { parseCustomId } from '@halfrate/core'
import type { BilledRow } from './emulator-process.js'

/** A row of the output, as far as it is judged. */
export interface OutputRow {
  readonly key: string
  readonly status: string
  readonly text: string | null
  /** Decimal text in dollars; null for an unknown price. */
  readonly cost_usd: string | null
}

/** The key of a row of the input, counted from 1. */
export function keyOf(row: number): string {
  return `row-${row}`
}

/** What a row of the input asks; the emulator's answer quotes it. */
export function questionOf(row: number): string {
  return `Claim ${row}: the roof leaks.`
}

/** The input of a run: so many requests, one a line. Together their answers cost something of everything that tokens can cost. */
export function inputLines(rows: number): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const messages = [{ role: 'user', content: questionOf(index + 1) }]
    const params = { max_tokens: 300, messages, ...ASKED[index % ASKED.length] }
    return `${JSON.stringify({ custom_id: keyOf(index + 1), params })}\n`
  })
  return lines.join('')
}

// In tokens of the emulator's count a third of these characters: above the least that is cached, and above the threshold of a dearer price.
const CACHED = 'The house rules for claims. '.repeat(200)
const LONG = 'All claims of the year. '.repeat(13_500)

function cached(text: string, ttl: '5m' | '1h'): readonly object[] {
  return [{ type: 'text', text, cache_control: { type: 'ephemeral', ttl } }]
}

const PLAIN: readonly object[] = [
  { model: 'claude-haiku-4-5' },
  { model: 'claude-haiku-5-5', inference_geo: 'us' },
  { model: 'claude-haiku-5-5', system: cached(CACHED, '5m'), inference_geo: 'us' },
  { model: 'claude-opus-5', system: cached(CACHED, '1h') },
  { model: 'claude-sonnet-5-5', system: cached(CACHED, '5m') },
  { model: 'claude-mythos-5-2' },
]
const ASKED: readonly object[] = [
  ...PLAIN,
  ...PLAIN,
  ...PLAIN,
  { model: 'claude-haiku-5-5', system: LONG },
]

/** How many rows the provider billed for requests that it had billed before. */
export function billedTwice(billed: readonly BilledRow[]): number {
  const ids = billed.map(({ custom_id }) => parseCustomId(custom_id)?.requestId ?? -1)
  return ids.length - new Set(ids).size
}

/** What a store says of the money of all that it holds, as far as it is judged. */
export interface ReportedMoney {
  readonly paid_usd: string
  readonly waste_usd: string
  readonly unpriced: number
}

/**
 * What is wrong with what rows and the report of a store say that was paid, beside what the provider billed: each row, and their
 * sum, to the last nano-dollar. Only where nothing was billed twice.
 */
export function moneyProblems(
  billed: readonly BilledRow[],
  rows: readonly OutputRow[],
  report: ReportedMoney | null,
): readonly string[] {
  if (report === null) return ['the store did not say what was paid']
  const problems: string[] = []
  const bills = billed.map(({ nano_usd: nano }) => (nano === null ? 'unknown' : nano))
  const costs = rows
    .filter(({ status }) => status === 'succeeded')
    .map(({ cost_usd: usd }) => (usd === null ? 'unknown' : String(nanoOf(usd))))
  const differs = firstDifference(bills.toSorted(), costs.toSorted())
  if (differs !== null) problems.push(`the provider billed ${differs[0]}, a row says ${differs[1]}`)
  const paid = bills.reduce((sum, bill) => sum + (bill === 'unknown' ? 0n : BigInt(bill)), 0n)
  if (nanoOf(report.paid_usd) !== paid) {
    problems.push(`the provider billed ${paid} in all, the store says $${report.paid_usd}`)
  }
  const unknown = bills.filter((bill) => bill === 'unknown').length
  if (report.unpriced !== unknown) {
    problems.push(`${unknown} bills have no price, the store says ${report.unpriced}`)
  }
  if (nanoOf(report.waste_usd) !== 0n) problems.push(`the store says $${report.waste_usd} of waste`)
  return problems
}

function firstDifference(
  one: readonly string[],
  other: readonly string[],
): readonly [string, string] | null {
  const length = Math.max(one.length, other.length)
  for (let index = 0; index < length; index += 1) {
    const [left = 'nothing', right = 'nothing'] = [one[index], other[index]]
    if (left !== right) return [left, right]
  }
  return null
}

function nanoOf(usd: string): bigint {
  const [whole = '0', fraction = ''] = usd.split('.')
  return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/** Reads what a run has written; nothing when it has not. */
export async function outputRows(output: string): Promise<readonly OutputRow[]> {
  const text = await readFile(output, 'utf8').catch(() => '')
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as OutputRow)
}

/** How many rows of the input have no paid answer. */
export function lostRows(rows: readonly OutputRow[], expected: number): number {
  const answered = rows.filter(({ status }) => status === 'succeeded')
  return expected - new Set(answered.map(({ key }) => key)).size
}

/** What is wrong with the order of the rows, or with which answer stands under which key. */
export function orderProblems(rows: readonly OutputRow[], expected: number): readonly string[] {
  const problems: string[] = []
  if (rows.length !== expected) problems.push(`${rows.length} rows of ${expected} were written`)
  const misplaced = rows.find(({ key }, index) => key !== keyOf(index + 1))
  if (misplaced !== undefined) problems.push(`${misplaced.key} is not in the order of the input`)
  const foreign = rows.find(
    ({ text }, index) => text !== null && !text.includes(`"${questionOf(index + 1)}"`),
  )
  if (foreign !== undefined)
    problems.push(`${foreign.key} has another row's answer: ${foreign.text}`)
  return problems
}
