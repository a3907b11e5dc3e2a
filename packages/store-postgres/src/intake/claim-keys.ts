import { type RowSource, rowSource } from '../database/row-source.js'
import { lockRows } from '../requests/lock-requests.js'
import type { Step } from '../session.js'
import type { KeyHolder } from './key-holder.js'
import { hashText, type PutPage } from './put-page.js'

const COLUMNS = { hash: 'bytea', request_id: 'int8' } as const

// In the order of hashes: neighbours in the table are written together, and two pages with the same keys wait for each
// other and not in a ring. What is there already stays. Of rows with the same key the first one claims it.
const CLAIM = `INSERT INTO keys (project_id, scope_id, hash, request_id)
  SELECT $1, $2, v.hash, v.request_id`

interface HeldRow {
  readonly hash: Uint8Array
  readonly id: number
  readonly key: string
  readonly params_hash: Uint8Array
  readonly part: number
  readonly listed_part: number
  readonly row: number | null
}

/**
 * Claims the keys of a page's rows, and answers who had one of them before, by hash; what the page may change of those
 * is locked.
 *
 * A claimed key names the id that its row gets when it is new.
 */
export async function claimKeys(step: Step, page: PutPage): Promise<Map<string, KeyHolder>> {
  const { params, projectId, scopeId, firstId } = page
  const rows = params.rows.map((row, index) => [row.keyHash, firstId + index])
  const source = await rowSource(step.db, COLUMNS, rows, 3)
  const claim = `${CLAIM} FROM ${source.from} ORDER BY v.hash, v.request_id ON CONFLICT DO NOTHING`
  const claimed = await step.db.run(claim, projectId, scopeId, ...source.values)
  // Most of the time all are new, and then nobody has to be asked for.
  return claimed === rows.length ? new Map() : holdersOf(step, page, source)
}

const HELD = `FROM keys k JOIN requests r ON r.id = k.request_id
  WHERE k.project_id = $1 AND k.scope_id = $2`
const LOCK = `SELECT k.request_id AS id ${HELD}`
const READ = `SELECT k.hash, r.id, r."key", r.params_hash, r.part, r.listed_part, r."row" ${HELD}`

// The page's own requests are not in the tables yet. Keys are locked in the order of their hashes too, so that nobody
// else takes the place of a holder meanwhile.
async function holdersOf(
  step: Step,
  { params, projectId, scopeId, jobId }: PutPage,
  { from, values }: RowSource,
): Promise<Map<string, KeyHolder>> {
  const ofPage = `AND k.hash IN (SELECT v.hash FROM ${from}) ORDER BY k.hash`
  if (jobId !== 0 || params.onConflict === 'supersede') {
    const lock = `${LOCK} ${ofPage} FOR UPDATE OF k`
    const held = await step.db.all<{ id: number }>(lock, projectId, scopeId, ...values)
    await lockRows(
      step,
      held.map((row) => row.id),
    )
  }
  const rows = await step.db.all<HeldRow>(`${READ} ${ofPage}`, projectId, scopeId, ...values)
  return new Map(
    rows.map(({ hash, params_hash: paramsHash, listed_part: listedPart, ...row }) => [
      hashText(hash),
      { ...row, paramsHash, listedPart, added: null },
    ]),
  )
}
