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
  const all = kind === 'request' ? requestRows(tables) : submissionRows(tables)
  const violations: Violation[] = []
  let seen = 0
  for (const row of all) {
    if (row.id <= Number(after)) continue
    violations.push(...row.check())
    seen += 1
    if (seen >= limit) return { violations, next: `${kind}:${row.id}` }
  }
  return { violations, next: kind === 'request' ? 'submission:0' : null }
}

interface Checked {
  readonly id: number
  readonly check: () => readonly Violation[]
}

function* requestRows(tables: Tables): Generator<Checked> {
  for (const row of tables.requests.all()) {
    yield { id: row.request.id, check: () => requestViolations(tables, row) }
  }
}

function* submissionRows(tables: Tables): Generator<Checked> {
  for (const submission of tables.submissions.all()) {
    yield { id: submission.id, check: () => submissionViolations(tables, submission) }
  }
}
