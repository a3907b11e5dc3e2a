import { existsSync, readFileSync } from 'node:fs'
import { parseCustomId } from '@halfrate/core'
import { type BilledRow, readBill } from './emulator-child.js'
import { runCommand, type Subject } from './subject.js'

/** What the provider's ledger and the files say about one subject. */
export interface Verdict {
  /** Requests with more than one paid row. */
  readonly billedTwice: number
  /** Rows of the input without a succeeded row in the output, or in another place of it. */
  readonly lost: number
  /** Whether `halfrate verify` found the store whole. */
  readonly isWhole: boolean
  readonly problems: readonly string[]
}

/** Judges a subject that ran to its end. Its provider served nobody else. */
export async function judge(subject: Subject, url: string, rows: number): Promise<Verdict> {
  const twice = repeatedRequests(await readBill(url))
  const missing = missingRows(subject, rows)
  const isWhole = (await runCommand(subject, ['verify', '--store', subject.store])) === 0
  return {
    billedTwice: twice.length,
    lost: missing.length,
    isWhole,
    problems: [
      ...twice.map((id) => `request ${id} was billed more than once`),
      ...missing,
      ...(isWhole ? [] : ['halfrate verify found violations']),
    ],
  }
}

function repeatedRequests(bill: readonly BilledRow[]): readonly number[] {
  const seen = new Set<number>()
  const twice = new Set<number>()
  for (const { customId } of bill) {
    const id = parseCustomId(customId)?.requestId
    if (id === undefined) continue
    if (seen.has(id)) twice.add(id)
    seen.add(id)
  }
  return [...twice]
}

function missingRows(subject: Subject, rows: number): readonly string[] {
  if (!existsSync(subject.results)) return ['there is no output']
  const lines = readFileSync(subject.results, 'utf8').trimEnd().split('\n')
  const problems: string[] =
    lines.length === rows ? [] : [`the output has ${lines.length} of ${rows} rows`]
  for (const [index, line] of lines.entries()) {
    const row = JSON.parse(line) as { key: string; status: string }
    if (row.key !== `row-${index}`)
      problems.push(`row ${index} of the output has the key ${row.key}`)
    else if (row.status !== 'succeeded') problems.push(`${row.key} ended as ${row.status}`)
  }
  return problems
}
