import { InvariantError, type MemberBody, type RequestId, type SubmissionId } from '@halfrate/core'
import { plainBytes } from '../bytes.js'
import { pageOf, type Session } from '../session.js'
import { letGo, type MemberRow, readTogether } from './read-together.js'

// A page of more bytes is cut: larger ones are no faster, and memory must stay flat however large bodies are.
const PAGE_BYTES = 1024 * 1024

// All three are a run of the attempts' primary key; each body is one seek.
const RUN = `WHERE a.submission_id = ? AND a.ordinal > ? AND a.withdrawn = 0
  ORDER BY a.ordinal LIMIT ?`
const SUM_SIZES = `SELECT total(item_bytes) AS bytes FROM (SELECT a.item_bytes FROM attempts a ${RUN})`
const READ_SIZES = `SELECT a.item_bytes FROM attempts a ${RUN}`
const READ = `SELECT a.ordinal, a.request_id, b.prefix_id, b.bytes
  FROM attempts a CROSS JOIN bodies b ON b.id = a.body_id ${RUN}`
const READ_PREFIX = 'SELECT bytes FROM prefixes WHERE id = ?'

/** See `SendingStore.readMembers`. A prefix that members of the page share is read once. */
export function readMembers(
  session: Session,
  params: Readonly<{
    submissionId: SubmissionId
    after: number
    limit: number
    reuse?: readonly MemberBody[] | undefined
  }>,
): readonly MemberBody[] {
  const used = params.reuse?.[0]
  if (used !== undefined) letGo(used.body)
  const run = [params.submissionId, params.after, pageOf(session, params.limit)] as const
  const prefixes = new Map<number, Uint8Array>()
  return readRows(session, run).map((row) => ({
    ordinal: row.ordinal,
    requestId: row.request_id as RequestId,
    prefix: row.prefix_id === 0 ? null : prefixOf(session, prefixes, row.prefix_id),
    body: row.bytes,
  }))
}

type Run = readonly [submissionId: number, after: number, limit: number]

// Many small bodies come together, in one value; of large ones only so many as a page may have, each by itself.
function readRows(session: Session, [submissionId, after, limit]: Run): readonly MemberRow[] {
  const { reader } = session
  const sum = reader.get<{ bytes: number }>(SUM_SIZES, submissionId, after, limit)?.bytes ?? 0
  if (sum <= PAGE_BYTES) return readTogether(reader, [submissionId, after, limit])
  const sizes = reader.all<{ item_bytes: number }>(READ_SIZES, submissionId, after, limit)
  return reader
    .all<MemberRow>(READ, submissionId, after, countThatFits(sizes))
    .map((row) => ({ ...row, bytes: plainBytes(row.bytes) }))
}

function countThatFits(sizes: readonly { readonly item_bytes: number }[]): number {
  let bytes = 0
  const tooMany = sizes.findIndex((size) => {
    bytes += size.item_bytes
    return bytes > PAGE_BYTES
  })
  return Math.max(1, tooMany)
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
