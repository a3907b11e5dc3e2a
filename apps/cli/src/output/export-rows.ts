import { DEFAULT_PROJECT, type JobId, type ResultRow, type Store } from '@halfrate/core'
import { nextPageSize } from '@halfrate/runtime'
import type { RowExamples } from '../screen/outcome-screen.js'
import type { RowLines } from './row-lines.js'
import type { RowWriter } from './row-writer.js'

/** What was written, and what a reader may want to ask about. */
export interface ExportResult {
  readonly rows: number
  /** Rows that the format has no line for, because they are not done. */
  readonly skipped: number
  /** Written rows that have no usable answer. */
  readonly unusable: number
  readonly examples: RowExamples
}

/** What to write, and where. */
export interface ExportParams {
  /** The rows, in the order in which they are written. */
  readonly pages: AsyncIterable<readonly ResultRow[]>
  /** Is closed in the end. */
  readonly lines: RowLines
  readonly writer: RowWriter
}

/** Writes rows, in memory of constant size. */
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
  const { pages, lines, writer } = params
  const examples: { failed: string | null; cutOff: string | null } = { failed: null, cutOff: null }
  let rows = 0
  let skipped = 0
  let unusable = 0
  for await (const page of pages) {
    for (const row of page) {
      const line = await lines.lineOf(row)
      if (line === null) {
        skipped += 1
      } else {
        await writer.write(line)
        rows += 1
        if (row.request.verdict?.status !== 'succeeded') unusable += 1
      }
      note(row, examples)
    }
  }
  return { rows, skipped, unusable, examples }
}

/** The rows of a job in the order of its input. */
export async function* pagesOfJob(
  store: Store,
  jobId: JobId,
): AsyncGenerator<readonly ResultRow[], void, undefined> {
  const { pageLimit } = store.traits
  let limit = nextPageSize([], pageLimit)
  for (let afterRow = 0; ; ) {
    const page = await store.readResults({ project: DEFAULT_PROJECT, jobId, afterRow, limit })
    yield page
    const last = page.at(-1)?.request.row
    if (page.length < limit || last === undefined || last === null) return
    afterRow = last
    limit = nextPageSize(page, pageLimit)
  }
}

function note(row: ResultRow, examples: { failed: string | null; cutOff: string | null }): void {
  const { verdict, key } = row.request
  if (verdict === null || verdict.status !== 'failed') return
  if (verdict.reason === 'cut_off') examples.cutOff ??= key
  else examples.failed ??= key
}
