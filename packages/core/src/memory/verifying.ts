import type { Violation } from '../ports/store-upkeep.js'
import { requestViolations } from './request-violations.js'
import { storeViolations } from './store-violations.js'
import { submissionViolations } from './submission-violations.js'
import type { Tables } from './tables.js'

type Kind = 'store' | 'request' | 'submission'

/** See {@link UpkeepStore.verify}. Looks at `limit` rows a call: the small tables first, then requests, then submissions. */
export function verify(
  tables: Tables,
  params: Readonly<{ after: string | null; limit: number }>,
): { readonly violations: readonly Violation[]; readonly next: string | null } {
  if (params.after === null) return { violations: storeViolations(tables), next: 'request:0' }
  const [kind, after] = params.after.split(':') as [Kind, string]
  const limit = tables.pageOf(params.limit)
  const rows = kind === 'request' ? requestsAfter : submissionsAfter
  const { violations, last } = rows(tables, Number(after), limit)
  if (last !== null) return { violations, next: `${kind}:${last}` }
  return { violations, next: kind === 'request' ? 'submission:0' : null }
}

interface Page {
  readonly violations: readonly Violation[]
  /** The last row of a full page; null when there are no more. */
  readonly last: number | null
}

function requestsAfter(tables: Tables, after: number, limit: number): Page {
  const violations: Violation[] = []
  let seen = 0
  for (const row of tables.requests.all()) {
    const { id } = row.request
    if (id <= after) continue
    violations.push(...requestViolations(tables, row))
    seen += 1
    if (seen >= limit) return { violations, last: id }
  }
  return { violations, last: null }
}

function submissionsAfter(tables: Tables, after: number, limit: number): Page {
  const violations: Violation[] = []
  let seen = 0
  for (const submission of tables.submissions.all()) {
    if (submission.id <= after) continue
    violations.push(...submissionViolations(tables, submission))
    seen += 1
    if (seen >= limit) return { violations, last: submission.id }
  }
  return { violations, last: null }
}
