import { Auditor, type AuditReport } from '@halfrate/core/audit'
import { PRICE_BOOK } from '@halfrate/core/money'
import { type AuditFindings, marginOf } from '../../src/audit/audit-findings.js'
import { AuditTally, type TallyFacts } from '../../src/audit/audit-tally.js'
import { readUsage } from '../../src/audit/read-usage.js'
import { fieldNames } from '../../src/audit/usage-fields.js'

// The instant as of which tests audit.
const NOW: number = Date.UTC(2026, 10, 21)

/** What a reading found. */
export interface Audited {
  readonly report: AuditReport
  readonly facts: TallyFacts
}

/** Audits inputs that are given as text or bytes, each in pieces of some size. */
export async function auditTexts(
  inputs: Readonly<Record<string, string | Uint8Array>>,
  options: { readonly map?: string; readonly pieceBytes?: number } = {},
): Promise<Audited> {
  const { map, pieceBytes = 64 } = options
  const auditor = new Auditor({ book: PRICE_BOOK, now: NOW })
  const tally = new AuditTally(auditor)
  const params = { names: fieldNames(map), delimiter: null, tally }
  for (const [name, content] of Object.entries(inputs)) {
    const bytes = Buffer.from(content)
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        yield bytes.subarray(at, at + pieceBytes)
      }
    }
    await readUsage({ name, identity: null, pieces }, params)
  }
  return { facts: tally.facts(), report: auditor.report() }
}

/** All that an audit of some texts has to tell. */
export async function findingsOf(
  inputs: Readonly<Record<string, string>>,
  more: Partial<AuditFindings> = {},
): Promise<AuditFindings> {
  const { report, facts } = await auditTexts(inputs)
  const books = { revenueNano: 1_000_000_000_000n, cogsNano: 500_000_000_000n }
  const margin = marginOf(report, books)
  return {
    ...{ files: Object.keys(inputs), timeZone: 'UTC', tally: facts, report },
    ...{ pricesReadOn: PRICE_BOOK.readOn, margin, top: 10, ...more },
  }
}

/** JSON Lines. */
export function lines(...rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}

/** A call to Opus 5 that cost $5 in real time, as a log has it. */
export function row(more: object = {}): object {
  return {
    at: '2026-11-20T12:00:00Z',
    feature: 'triage',
    model: 'claude-opus-5',
    usage: { input_tokens: 1_000_000, output_tokens: 0 },
    ...more,
  }
}
