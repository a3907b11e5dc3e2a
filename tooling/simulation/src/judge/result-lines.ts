import type { Job, ProjectId, Store } from '@halfrate/core'
import type { RequestBook } from '../provider/request-book.js'
import type { Violations } from './violation.js'

/**
 * Reads every row of every job as its caller would, and looks for another request's answer in it. Loose requests have
 * no rows; their answers are told apart by usage.
 */
export async function judgeLines(params: {
  readonly store: Store
  readonly project: ProjectId
  readonly jobs: readonly Job[]
  readonly book: RequestBook
  readonly violations: Violations
}): Promise<void> {
  const { store, project, book, violations } = params
  for (const { id: jobId } of params.jobs) {
    let afterRow = 0
    for (;;) {
      const { pageLimit: limit } = store.traits
      const rows = await store.readResults({ project, jobId, afterRow, limit })
      for (const { request, line } of rows) {
        const text = line === null ? '' : new TextDecoder().decode(line)
        const token = book.get(request.id)?.token
        const echo = /echo (token-\d+)/.exec(text)?.[1]
        if (echo !== undefined && echo !== token) {
          violations.add('wrong_answer', `Row ${request.row} of ${token} has ${echo}'s answer.`)
        }
      }
      const last = rows.at(-1)?.request.row ?? null
      if (last === null || rows.length < limit) break
      afterRow = last
    }
  }
}
