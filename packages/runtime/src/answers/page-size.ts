import type { ResultRow } from '@halfrate/core'

// Bytes of results that are held at a time, which decides how many rows a page has.
const PAGE_BYTES = 4_000_000
const FIRST_PAGE = 64
// What a row takes beside its line.
const LEAST_ROW_BYTES = 200

/** How many rows to read next, at most `most`: as many as fit the room, judged by those that were just read. */
export function nextPageSize(page: readonly ResultRow[], most: number): number {
  if (page.length === 0) return Math.min(FIRST_PAGE, most)
  const bytes = page.reduce((sum, row) => sum + (row.line?.length ?? 0), 0)
  const each = Math.max(LEAST_ROW_BYTES, bytes / page.length)
  return Math.max(1, Math.min(most, Math.floor(PAGE_BYTES / each)))
}
