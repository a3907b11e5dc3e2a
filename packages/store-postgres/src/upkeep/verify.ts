import type { Violation } from '@halfrate/core'
import {
  attemptChecks,
  type BrokenRow,
  brokenDeliveries,
  type Check,
  postgresQueries,
  requestChecks,
  storeChecks,
  submissionChecks,
} from '@halfrate/store-sql'
import type { RawBuilder } from 'kysely'
import { runQuery } from '../reading/run-query.js'
import { pageOf, type Session, type Step } from '../session.js'
import { fileCheck } from './file-check.js'

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
    pageEnd:
      'SELECT max(id) AS id FROM (SELECT id FROM requests WHERE id > $1 ORDER BY id LIMIT $2) page',
    most: Number.POSITIVE_INFINITY,
  },
  submission: {
    checks: [...submissionChecks, ...attemptChecks],
    pageEnd:
      'SELECT max(id) AS id FROM (SELECT id FROM submissions WHERE id > $1 ORDER BY id LIMIT $2) page',
    most: 8,
  },
  // The server hashes them, so none is fetched; the first of a page may be larger.
  file: {
    checks: [fileCheck],
    pageEnd: `SELECT max(id) AS id FROM (
        SELECT id, sum(size) OVER (ORDER BY id) - size AS before
        FROM (SELECT id, size FROM blobs WHERE id > $1 ORDER BY id LIMIT $2) page) sized
      WHERE before < ${32 * 1024 * 1024}`,
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
): Promise<Page> {
  return session.snapshot((step) => verifyIn(step, params))
}

interface Page {
  readonly violations: readonly Violation[]
  readonly next: string | null
}

async function verifyIn(
  step: Step,
  params: Readonly<{ after: string | null; limit: number }>,
): Promise<Page> {
  if (params.after === null) {
    const deliveries = { invariant: 'I12', find: brokenDeliveries(postgresQueries.words) }
    const finds = [...storeChecks, deliveries]
    return { violations: await violationsOf(step, finds), next: 'request:0' }
  }
  const [kind = '', after] = params.after.split(':')
  const part = PARTS[kind]
  if (part === undefined) return { violations: [], next: null }
  const limit = Math.max(1, Math.min(pageOf(step, params.limit), part.most))
  return verifyPage(step, kind, part, { after: Number(after), limit })
}

async function verifyPage(
  step: Step,
  kind: string,
  part: Part,
  page: { readonly after: number; readonly limit: number },
): Promise<Page> {
  const { after, limit } = page
  const upTo = (await step.db.get<{ id: number | null }>(part.pageEnd, after, limit))?.id ?? null
  if (upTo === null) return { violations: [], next: NEXT_PART[kind] ?? null }
  const finds = part.checks.map(({ invariant, find }) => ({
    invariant,
    find: find({ after, upTo }, postgresQueries.words),
  }))
  return { violations: await violationsOf(step, finds), next: `${kind}:${upTo}` }
}

async function violationsOf(
  { db }: Step,
  finds: readonly { readonly invariant: string; readonly find: RawBuilder<BrokenRow> }[],
): Promise<readonly Violation[]> {
  const violations: Violation[] = []
  for (const { invariant, find } of finds) {
    for (const { message } of await runQuery(db, find.compile(postgresQueries))) {
      violations.push({ invariant, message })
    }
  }
  return violations
}
