import type { IntakeRow } from '@halfrate/core'
import type { SqlValue } from '@halfrate/store-sql'
import { hashText, type PutPage } from './put-page.js'
import { inRows, ROWS_AT_ONCE } from './rows-at-once.js'

// In the order of hashes, so that neighbours in the table are written together. What is there already stays.
function claim(count: number): string {
  return `INSERT INTO keys (project_id, scope_id, hash, request_id)
    VALUES ${inRows('(?, ?, ?, ?)', count)} ON CONFLICT DO NOTHING`
}

const CLAIM_ONE = claim(1)
const CLAIM_SOME = claim(ROWS_AT_ONCE)
const FIND = 'SELECT request_id FROM keys WHERE project_id = ? AND scope_id = ? AND hash = ?'

/** Who has a row's key: null for the row itself, else the request that had it first. */
export type KeyHolder = number | null

/**
 * Claims the keys of a page's rows; the answer is in the order of the rows.
 *
 * A claimed key names the id that its row gets when it is new. Of rows with the same key the first one claims it.
 */
export function claimKeys(page: PutPage): readonly KeyHolder[] {
  const { rows } = page.params
  const holders: KeyHolder[] = rows.map(() => null)
  const order = hashOrder(rows)
  for (let at = 0; at < order.length; at += ROWS_AT_ONCE) {
    const some = order.slice(at, at + ROWS_AT_ONCE)
    // Most of the time all are new, and then nobody has to be asked for.
    if (claimSome(page, some)) continue
    for (const index of some) holders[index] = holderOf(page, index)
  }
  return holders
}

function claimSome(page: PutPage, indexes: readonly number[]): boolean {
  const { db } = page.session
  const values = indexes.map((index): SqlValue[] => [
    page.projectId,
    page.scopeId,
    (page.params.rows[index] as IntakeRow).keyHash,
    page.firstId + index,
  ])
  if (indexes.length === ROWS_AT_ONCE) {
    return db.run(CLAIM_SOME, ...values.flat()) === indexes.length
  }
  let claimed = 0
  for (const one of values) claimed += db.run(CLAIM_ONE, ...one)
  return claimed === indexes.length
}

function holderOf(page: PutPage, index: number): KeyHolder {
  const { keyHash } = page.params.rows[index] as IntakeRow
  const { projectId, scopeId, firstId, session } = page
  const held = session.db.get<{ request_id: number }>(FIND, projectId, scopeId, keyHash)
  return held === undefined || held.request_id === firstId + index ? null : held.request_id
}

function hashOrder(rows: readonly IntakeRow[]): readonly number[] {
  const hashes = rows.map((row) => hashText(row.keyHash))
  const hashAt = (index: number): string => hashes[index] ?? ''
  return [...rows.keys()].sort((a, b) => {
    if (hashAt(a) === hashAt(b)) return a - b
    return hashAt(a) < hashAt(b) ? -1 : 1
  })
}
