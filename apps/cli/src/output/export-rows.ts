import { DEFAULT_PROJECT, type JobId, type ResultRow, type Store } from '@halfrate/core'
import type { RowExamples } from '../screen/outcome-screen.js'
import type { RowLines } from './row-lines.js'
import type { RowWriter } from './row-writer.js'

/** What was written, and what a reader may want to ask about. */
export interface ExportResult {
  readonly rows: number
  /** Rows that the format has no line for, because they are not done. */
  readonly skipped: number
  readonly examples: RowExamples
}

// Bytes of results that are held at a time, which decides how many rows a page has.
const PAGE_BYTES = 4_000_000
const FIRST_PAGE = 64

/** What to write, and where. */
export interface ExportParams {
  readonly store: Store
  readonly jobId: JobId
  /** Is closed in the end. */
  readonly lines: RowLines
  readonly writer: RowWriter
}

/** Writes the rows of a job in the order of its input, in memory of constant size. */
export async function exportRows(params: ExportParams): Promise<ExportResult> {
  const { lines, writer } = params
  try {
    if (lines.head !== null) await writer.write(lines.head)
    const written = await writeAll(params)
    await lines.end()
    return written
  } finally {
    await lines.close()
  }
}

async function writeAll(params: ExportParams): Promise<ExportResult> {
  const { store, jobId, lines, writer } = params
  const examples: { failed: string | null; cutOff: string | null } = { failed: null, cutOff: null }
  let rows = 0
  let skipped = 0
  let limit = FIRST_PAGE
  for (let afterRow = 0; ; ) {
    const page = await store.readResults({ project: DEFAULT_PROJECT, jobId, afterRow, limit })
    for (const row of page) {
      const line = await lines.lineOf(row)
      if (line === null) skipped += 1
      else await writer.write(line)
      rows += line === null ? 0 : 1
      note(row, examples)
    }
    const last = page.at(-1)?.request.row
    if (page.length < limit || last === undefined || last === null)
      return { rows, skipped, examples }
    afterRow = last
    limit = nextLimit(page, store.traits.pageLimit)
  }
}

// As many rows as fit the room, judged by those that were just read.
function nextLimit(page: readonly ResultRow[], pageLimit: number): number {
  const bytes = page.reduce((sum, row) => sum + (row.line?.length ?? 0), 0)
  const each = Math.max(200, bytes / page.length)
  return Math.max(1, Math.min(pageLimit, Math.floor(PAGE_BYTES / each)))
}

function note(row: ResultRow, examples: { failed: string | null; cutOff: string | null }): void {
  const { verdict, key } = row.request
  if (verdict === null || verdict.status !== 'failed') return
  if (verdict.reason === 'cut_off') examples.cutOff ??= key
  else examples.failed ??= key
}
