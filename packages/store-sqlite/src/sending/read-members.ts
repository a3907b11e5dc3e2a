import { InvariantError, type MemberBody, type RequestId, type SendingStore } from '@halfrate/core'
import { plainBytes } from '../bytes.js'
import { pageOf, type Session } from '../session.js'
import { letGo, type MemberRow, readTogether } from './read-together.js'

// A page of more bytes is cut: larger ones are no faster, and memory must stay flat however large bodies are.
const PAGE_BYTES = 1024 * 1024

// All are a run of the attempts' primary key; each body is one seek.
const runOf = (alsoIf: string): string => `WHERE a.submission_id = ? AND a.ordinal > ?
  AND a.withdrawn = 0 ${alsoIf} ORDER BY a.ordinal LIMIT ?`
const sizesOf = (run: string): string => `SELECT a.item_bytes FROM attempts a ${run}`
const bodiesOf = (run: string): string => `SELECT a.ordinal, a.request_id, b.prefix_id, b.bytes
  FROM attempts a CROSS JOIN bodies b ON b.id = a.body_id ${run}`

const ALL = runOf('')
const WITH_FILES = runOf(
  'AND (a.number > 1 OR EXISTS (SELECT 1 FROM body_blobs l WHERE l.body_id = a.body_id))',
)
const AGAIN = runOf('AND a.number > 1')
const SUM_SIZES = `SELECT total(item_bytes) AS bytes FROM (${sizesOf(ALL)})`
const OF_ALL = { sizes: sizesOf(ALL), bodies: bodiesOf(ALL) }
const OF_WITH_FILES = { sizes: sizesOf(WITH_FILES), bodies: bodiesOf(WITH_FILES) }
const OF_AGAIN = { sizes: sizesOf(AGAIN), bodies: bodiesOf(AGAIN) }
const HAS_FILES = 'SELECT 1 FROM body_blobs LIMIT 1'
const READ_PREFIX = 'SELECT bytes FROM prefixes WHERE id = ?'

/** See `SendingStore.readMembers`. A prefix that members of the page share is read once. */
export function readMembers(
  session: Session,
  params: Parameters<SendingStore['readMembers']>[0],
): readonly MemberBody[] {
  const used = params.reuse?.[0]
  if (used !== undefined) letGo(used.body)
  const run = [params.submissionId, params.after, pageOf(session, params.limit)] as const
  const prefixes = new Map<number, Uint8Array>()
  const rows = params.withFiles === true ? readWithFiles(session, run) : readRows(session, run)
  return rows.map((row) => ({
    ordinal: row.ordinal,
    requestId: row.request_id as RequestId,
    prefix: row.prefix_id === 0 ? null : prefixOf(session, prefixes, row.prefix_id),
    body: row.bytes,
  }))
}

type Run = readonly [submissionId: number, after: number, limit: number]

// Many small bodies come together, in one value; of large ones only so many as a page may have, each by itself.
function readRows({ reader }: Session, run: Run): readonly MemberRow[] {
  const sum = reader.get<{ bytes: number }>(SUM_SIZES, ...run)?.bytes ?? 0
  return sum <= PAGE_BYTES ? readTogether(reader, run) : readOneByOne(reader, run, OF_ALL)
}

// Most stores have no files, and then members are looked at only when they are sent again.
function readWithFiles({ reader }: Session, run: Run): readonly MemberRow[] {
  return readOneByOne(reader, run, reader.get(HAS_FILES) === undefined ? OF_AGAIN : OF_WITH_FILES)
}

function readOneByOne(
  reader: Session['reader'],
  [submissionId, after, limit]: Run,
  sql: typeof OF_ALL,
): readonly MemberRow[] {
  const sizes = reader.all<{ item_bytes: number }>(sql.sizes, submissionId, after, limit)
  return reader
    .all<MemberRow>(sql.bodies, submissionId, after, countThatFits(sizes))
    .map((row) => ({ ...row, bytes: plainBytes(row.bytes) }))
}

function countThatFits(sizes: readonly { readonly item_bytes: number }[]): number {
  let bytes = 0
  const tooMany = sizes.findIndex((size) => {
    bytes += size.item_bytes
    return bytes > PAGE_BYTES
  })
  return tooMany === -1 ? sizes.length : Math.max(1, tooMany)
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
