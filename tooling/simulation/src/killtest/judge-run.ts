import { readFile } from 'node:fs/promises'
import { parseCustomId } from '@halfrate/core'
import type { BilledRow } from './emulator-process.js'

/** A row of the output, as far as it is judged. */
export interface OutputRow {
  readonly key: string
  readonly status: string
  readonly text: string | null
}

/** The key of a row of the input, counted from 1. */
export function keyOf(row: number): string {
  return `row-${row}`
}

/** What a row of the input asks; the emulator's answer quotes it. */
export function questionOf(row: number): string {
  return `Claim ${row}: the roof leaks.`
}

/** The input of a run: so many requests, one a line. */
export function inputLines(rows: number): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const messages = [{ role: 'user', content: questionOf(index + 1) }]
    const params = { model: 'claude-haiku-4-5', max_tokens: 300, messages }
    return `${JSON.stringify({ custom_id: keyOf(index + 1), params })}\n`
  })
  return lines.join('')
}

/** How many rows the provider billed for requests that it had billed before. */
export function billedTwice(billed: readonly BilledRow[]): number {
  const ids = billed.map(({ custom_id }) => parseCustomId(custom_id)?.requestId ?? -1)
  return ids.length - new Set(ids).size
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
