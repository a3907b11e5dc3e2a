import { InvariantError, type MemberBody, type RequestId, type SendingStore } from '@halfrate/core'
import { plainBytes } from '../bytes.js'
import { numbers } from '../database/binary-format.js'
import { pageOf, type Session, type Step } from '../session.js'

interface MemberRow {
  readonly ordinal: number
  readonly request_id: RequestId
  readonly prefix_id: number
  readonly bytes: Uint8Array
}

// A page of more bytes is cut, after its first member: memory must stay flat however large bodies are.
const PAGE_BYTES = 4 * 1024 * 1024

/**
 * A page of a submission's members, by its id, the ordinal before the page and a limit: a run of the attempts' primary
 * key, and one seek for each body.
 */
export const MEMBER_PAGE: string = memberPage('')
const PAGE_WITH_FILES = memberPage(
  'AND (number > 1 OR EXISTS (SELECT 1 FROM body_blobs l WHERE l.body_id = attempts.body_id))',
)
// Most stores have no files, and then members are looked at only when they are sent again.
const PAGE_AGAIN = memberPage('AND number > 1')
const HAS_FILES = 'SELECT 1 FROM body_blobs LIMIT 1'

function memberPage(alsoIf: string): string {
  return `SELECT a.ordinal, a.request_id, b.prefix_id, b.bytes FROM (
    SELECT m.*, sum(m.item_bytes) OVER (ORDER BY m.ordinal) AS total,
      row_number() OVER (ORDER BY m.ordinal) AS place
    FROM (SELECT ordinal, request_id, body_id, item_bytes FROM attempts
      WHERE submission_id = $1 AND ordinal > $2 AND withdrawn = 0 ${alsoIf}
      ORDER BY ordinal LIMIT $3) m) a
  JOIN bodies b ON b.id = a.body_id
  WHERE a.total <= ${PAGE_BYTES} OR a.place = 1 ORDER BY a.ordinal`
}

const READ_PREFIXES = 'SELECT id, bytes FROM prefixes WHERE id = ANY($1::bigint[])'

/** See `SendingStore.readMembers`. A prefix that members of the page share is read once. */
export function readMembers(
  session: Session,
  params: Parameters<SendingStore['readMembers']>[0],
): Promise<readonly MemberBody[]> {
  return session.read(async (step) => {
    const { submissionId, after, withFiles = false } = params
    const hasFiles = withFiles && (await step.db.get(HAS_FILES)) !== undefined
    const pageToLookAt = hasFiles ? PAGE_WITH_FILES : PAGE_AGAIN
    const rows = await step.db.all<MemberRow>(
      withFiles ? pageToLookAt : MEMBER_PAGE,
      submissionId,
      after,
      pageOf(step, params.limit),
    )
    const prefixes = await readPrefixes(step, rows)
    return rows.map((row) => ({
      ordinal: row.ordinal,
      requestId: row.request_id,
      prefix: row.prefix_id === 0 ? null : prefixes(row.prefix_id),
      body: plainBytes(row.bytes),
    }))
  })
}

async function readPrefixes(
  { db }: Step,
  members: readonly MemberRow[],
): Promise<(id: number) => Uint8Array> {
  const ids = new Set(members.map((row) => row.prefix_id).filter((id) => id !== 0))
  const rows =
    ids.size === 0
      ? []
      : await db.all<{ id: number; bytes: Uint8Array }>(READ_PREFIXES, numbers([...ids]))
  const bytes = new Map(rows.map((row) => [row.id, plainBytes(row.bytes)]))
  return (id) => {
    const prefix = bytes.get(id)
    if (prefix === undefined) throw new InvariantError(`There is no prefix ${id}.`)
    return prefix
  }
}
