import type { AccountId, KnownBatches, RemoteId } from '@halfrate/core'
import { anyTextOf } from '@halfrate/store-sql'
import { checkPage, type Session } from '../session.js'

// Each is one seek: submissions_remote, and the primary key.
const IS_OURS = 'SELECT 1 FROM submissions WHERE account_id = ? AND remote_id = ?'
const IS_FOREIGN = 'SELECT 1 FROM foreign_batches WHERE account_id = ? AND remote_id = ?'
const MARK = `INSERT INTO foreign_batches (account_id, remote_id, seen_at) VALUES (?, ?, ?)
  ON CONFLICT DO NOTHING`

interface Question {
  readonly account: AccountId
  readonly remoteIds: readonly RemoteId[]
}

/** See `SendingStore.knownBatches`. */
export function knownBatches(session: Session, params: Question): KnownBatches {
  checkPage(session, params.remoteIds)
  const accountId = session.names.find(params.account)
  const known = (sql: string): ReadonlySet<RemoteId> =>
    new Set(
      params.remoteIds.filter(
        (remoteId) => session.db.get(sql, accountId, anyTextOf(remoteId)) !== undefined,
      ),
    )
  return { ours: known(IS_OURS), foreign: known(IS_FOREIGN) }
}

/** See `SendingStore.markForeign`. */
export function markForeign(session: Session, params: Question): { readonly marked: number } {
  checkPage(session, params.remoteIds)
  const accountId = session.names.idOf(params.account)
  const now = session.now()
  let marked = 0
  for (const remoteId of params.remoteIds) {
    const id = anyTextOf(remoteId)
    if (session.db.get(IS_OURS, accountId, id) !== undefined) continue
    marked += session.db.run(MARK, accountId, id, now)
  }
  return { marked }
}
