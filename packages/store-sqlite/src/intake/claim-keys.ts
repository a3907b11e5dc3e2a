import type { IntakeRow } from '@halfrate/core'
import { hashText, type PutPage } from './put-page.js'

// In the order of hashes, so that neighbours in the table are written together. What is there already stays.
const CLAIM = `INSERT INTO keys (project_id, scope_id, hash, request_id) VALUES (?, ?, ?, ?)
  ON CONFLICT DO NOTHING`
const FIND = 'SELECT request_id FROM keys WHERE project_id = ? AND scope_id = ? AND hash = ?'

/** Who has a row's key: null for the row itself, else the request that had it first. */
export type KeyHolder = number | null

/**
 * Claims the keys of a page's rows; the answer is in the order of the rows.
 *
 * A claimed key names the id that its row gets when it is new. Of rows with the same key the first one claims it.
 */
export function claimKeys(page: PutPage): readonly KeyHolder[] {
  const { projectId, scopeId, firstId } = page
  const { rows } = page.params
  const claim = page.session.db.prepare(CLAIM)
  const find = page.session.db.prepare(FIND)
  const holders: KeyHolder[] = rows.map(() => null)
  for (const index of hashOrder(rows)) {
    const { keyHash } = rows[index] as IntakeRow
    if (claim.run(projectId, scopeId, keyHash, firstId + index).changes === 1) continue
    const held = find.get(projectId, scopeId, keyHash) as { request_id: number }
    holders[index] = held.request_id
  }
  return holders
}

function hashOrder(rows: readonly IntakeRow[]): readonly number[] {
  const hashes = rows.map((row) => hashText(row.keyHash))
  const hashAt = (index: number): string => hashes[index] ?? ''
  return [...rows.keys()].sort((a, b) => {
    if (hashAt(a) === hashAt(b)) return a - b
    return hashAt(a) < hashAt(b) ? -1 : 1
  })
}
