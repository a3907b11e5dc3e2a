import type { Violation } from '@halfrate/core'
import {
  attemptChecks,
  type BrokenRow,
  brokenDeliveries,
  type Check,
  requestChecks,
  sqliteQueries,
  storeChecks,
  submissionChecks,
} from '@halfrate/store-sql'
import type { RawBuilder } from 'kysely'
import { runQuery } from '../reading/run-query.js'
import { pageOf, type Session } from '../session.js'

interface Part {
  readonly checks: readonly Check[]
  /** Answers the last id of a page. */
  readonly pageEnd: string
  /** Most rows of one page. */
  readonly most: number
}

// A submission has up to 100,000 attempts, so its pages are short.
const PARTS: Readonly<Record<string, Part>> = {
  request: {
    checks: requestChecks,
    pageEnd: 'SELECT max(id) AS id FROM (SELECT id FROM requests WHERE id > ? ORDER BY id LIMIT ?)',
    most: Number.POSITIVE_INFINITY,
  },
  submission: {
    checks: [...submissionChecks, ...attemptChecks],
    pageEnd:
      'SELECT max(id) AS id FROM (SELECT id FROM submissions WHERE id > ? ORDER BY id LIMIT ?)',
    most: 8,
  },
}

const NEXT_PART: Readonly<Record<string, string | null>> = {
  request: 'submission:0',
  submission: null,
}

/** See `UpkeepStore.verify`. The small tables first, then pages of requests, then of submissions. */
export function verify(
  session: Session,
  params: Readonly<{ after: string | null; limit: number }>,
): { readonly violations: readonly Violation[]; readonly next: string | null } {
  if (params.after === null) {
    const violations = storeChecks.flatMap(({ invariant, find }) =>
      violationsOf(session, invariant, find),
    )
    const deliveries = violationsOf(session, 'I12', brokenDeliveries(sqliteQueries.words))
    return { violations: [...violations, ...deliveries], next: 'request:0' }
  }
  const [kind = '', after] = params.after.split(':')
  const part = PARTS[kind]
  if (part === undefined) return { violations: [], next: null }
  const limit = Math.max(1, Math.min(pageOf(session, params.limit), part.most))
  return session.reader.snapshot(() => verifyPage(session, kind, part, Number(after), limit))
}

function verifyPage(
  session: Session,
  kind: string,
  part: Part,
  after: number,
  limit: number,
): { readonly violations: readonly Violation[]; readonly next: string | null } {
  const upTo = session.reader.get<{ id: number | null }>(part.pageEnd, after, limit)?.id ?? null
  if (upTo === null) return { violations: [], next: NEXT_PART[kind] ?? null }
  const violations = part.checks.flatMap(({ invariant, find }) =>
    violationsOf(session, invariant, find({ after, upTo }, sqliteQueries.words)),
  )
  return { violations, next: `${kind}:${upTo}` }
}

function violationsOf(
  session: Session,
  invariant: string,
  find: RawBuilder<BrokenRow>,
): readonly Violation[] {
  return runQuery(session.reader, find.compile(sqliteQueries)).map(({ message }) => ({
    invariant,
    message,
  }))
}
