import { InvariantError, type MemberBody, type RequestId, type SubmissionId } from '@halfrate/core'
import { plainBytes } from '../bytes.js'
import { pageOf, type Session } from '../session.js'

interface MemberRow {
  readonly ordinal: number
  readonly request_id: RequestId
  readonly prefix_id: number
  readonly bytes: Uint8Array
}

// A run of the attempts' primary key; each body is one seek.
const READ = `SELECT a.ordinal, a.request_id, b.prefix_id, b.bytes
  FROM attempts a CROSS JOIN bodies b ON b.id = a.body_id
  WHERE a.submission_id = ? AND a.ordinal > ? AND a.withdrawn = 0
  ORDER BY a.ordinal LIMIT ?`
const READ_PREFIX = 'SELECT bytes FROM prefixes WHERE id = ?'

/** See `SendingStore.readMembers`. A prefix that members of the page share is read once. */
export function readMembers(
  session: Session,
  params: Readonly<{ submissionId: SubmissionId; after: number; limit: number }>,
): readonly MemberBody[] {
  const limit = pageOf(session, params.limit)
  const prefixes = new Map<number, Uint8Array>()
  return session.reader
    .all<MemberRow>(READ, params.submissionId, params.after, limit)
    .map((row) => ({
      ordinal: row.ordinal,
      requestId: row.request_id,
      prefix: row.prefix_id === 0 ? null : prefixOf(session, prefixes, row.prefix_id),
      body: plainBytes(row.bytes),
    }))
}

function prefixOf(session: Session, known: Map<number, Uint8Array>, id: number): Uint8Array {
  const there = known.get(id)
  if (there !== undefined) return there
  const row = session.reader.get<{ bytes: Uint8Array }>(READ_PREFIX, id)
  if (row === undefined) throw new InvariantError(`There is no prefix ${id}.`)
  const bytes = plainBytes(row.bytes)
  known.set(id, bytes)
  return bytes
}
