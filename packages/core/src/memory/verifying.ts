import type { Digest } from '../ports/digest.js'
import type { Violation } from '../ports/store-upkeep.js'
import { fileViolations } from './file-violations.js'
import { requestViolations } from './request-violations.js'
import { storeViolations } from './store-violations.js'
import { submissionViolations } from './submission-violations.js'
import type { Tables } from './tables.js'

type Kind = 'request' | 'submission' | 'file'

const NEXT: Readonly<Record<Kind, string | null>> = {
  request: 'submission:0',
  submission: 'file:0',
  file: null,
}

/**
 * See {@link UpkeepStore.verify}. Looks at `limit` rows a call: the small tables first, then requests, submissions and files.
 * Without a digest the bytes of files are not looked at.
 */
export function verify(
  tables: Tables,
  params: Readonly<{ after: string | null; limit: number }>,
  digest: Pick<Digest, 'sha256'> | null,
): { readonly violations: readonly Violation[]; readonly next: string | null } {
  if (params.after === null) return { violations: storeViolations(tables), next: 'request:0' }
  const [kind, from] = params.after.split(':') as [Kind, string]
  const limit = tables.pageOf(params.limit)
  const after = Number(from)
  const looks: Readonly<Record<Kind, () => Page>> = {
    request: () => requestsAfter(tables, after, limit),
    submission: () => submissionsAfter(tables, after, limit),
    file: () => fileViolations(tables, digest, { after, limit }),
  }
  const { violations, last } = looks[kind]()
  return { violations, next: last === null ? NEXT[kind] : `${kind}:${last}` }
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
