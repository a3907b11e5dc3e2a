import type { Violation } from '@halfrate/core'
import {
  attemptChecks,
  type BrokenRow,
  brokenDeliveries,
  type Check,
  type KeyRange,
  requestChecks,
  sqliteQueries,
  storeChecks,
  submissionChecks,
} from '@halfrate/store-sql'
import type { RawBuilder } from 'kysely'
import { runQuery } from '../reading/run-query.js'
import { pageOf, type Session } from '../session.js'
import { FILE_PAGE_END, fileViolations } from './file-violations.js'

interface Part {
  readonly look: (session: Session, range: KeyRange) => readonly Violation[]
  /** Answers the last id of a page. */
  readonly pageEnd: string
  /** Most rows of one page. */
  readonly most: number
}

// A submission has up to 100,000 attempts, so its pages are short.
const PARTS: Readonly<Record<string, Part>> = {
  request: {
    look: (session, range) => checked(session, requestChecks, range),
    pageEnd: 'SELECT max(id) AS id FROM (SELECT id FROM requests WHERE id > ? ORDER BY id LIMIT ?)',
    most: Number.POSITIVE_INFINITY,
  },
  submission: {
    look: (session, range) => checked(session, [...submissionChecks, ...attemptChecks], range),
    pageEnd:
      'SELECT max(id) AS id FROM (SELECT id FROM submissions WHERE id > ? ORDER BY id LIMIT ?)',
    most: 8,
  },
  file: {
    look: fileViolations,
    pageEnd: FILE_PAGE_END,
    most: Number.POSITIVE_INFINITY,
  },
}

const NEXT_PART: Readonly<Record<string, string | null>> = {
  request: 'submission:0',
  submission: 'file:0',
  file: null,
}

/** See `UpkeepStore.verify`. The small tables first, then pages of requests, of submissions and of files. */
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
  return { violations: part.look(session, { after, upTo }), next: `${kind}:${upTo}` }
}

function checked(
  session: Session,
  checks: readonly Check[],
  range: KeyRange,
): readonly Violation[] {
  return checks.flatMap(({ invariant, find }) =>
    violationsOf(session, invariant, find(range, sqliteQueries.words)),
  )
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
