import type { IntakeRow } from '@halfrate/core'
import type { SqlValue } from '@halfrate/store-sql'
import type { PutPage } from './put-page.js'
import { inRows, ROWS_AT_ONCE } from './rows-at-once.js'

// In the order of hashes, so that neighbours in the table are written together. What is there already stays.
function claim(count: number): string {
  return `INSERT INTO keys (project_id, scope_id, hash, request_id)
    VALUES ${inRows('(@project, @scope, ?, ?)', count)} ON CONFLICT DO NOTHING`
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
  const shared = { project: page.projectId, scope: page.scopeId }
  const values: SqlValue[] = []
  for (const index of indexes) {
    values.push((page.params.rows[index] as IntakeRow).keyHash, page.firstId + index)
  }
  if (indexes.length === ROWS_AT_ONCE) {
    return db.runWith(CLAIM_SOME, shared, values) === indexes.length
  }
  let claimed = 0
  for (let at = 0; at < values.length; at += 2) {
    claimed += db.runWith(CLAIM_ONE, shared, values.slice(at, at + 2))
  }
  return claimed === indexes.length
}

function holderOf(page: PutPage, index: number): KeyHolder {
  const { keyHash } = page.params.rows[index] as IntakeRow
  const { projectId, scopeId, firstId, session } = page
  const held = session.db.get<{ request_id: number }>(FIND, projectId, scopeId, keyHash)
  return held === undefined || held.request_id === firstId + index ? null : held.request_id
}

// Numbers sort ten times as fast as the texts of whole hashes would. The first bits are enough, since the order only
// says which keys are neighbours; the row's index in the last ones keeps rows with the same key in their order.
function hashOrder(rows: readonly IntakeRow[]): readonly number[] {
  const indexes = 2 ** Math.ceil(Math.log2(rows.length + 1))
  const hashes = 2 ** 52 / indexes
  const order = Float64Array.from(rows, ({ keyHash }, index) => {
    return Math.floor(firstBits(keyHash) * hashes) * indexes + index
  })
  return Array.from(order.sort(), (number) => number % indexes)
}

/** The first 48 bits of a hash, as a fraction of one. */
function firstBits(hash: Uint8Array): number {
  let bits = 0
  for (let at = 0; at < 6; at += 1) bits = bits * 256 + (hash[at] as number)
  return bits / 2 ** 48
}
