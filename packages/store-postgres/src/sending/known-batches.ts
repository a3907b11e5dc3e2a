import type { AccountId, KnownBatches, RemoteId } from '@halfrate/core'
import { arrayOf } from '../database/binary-format.js'
import { escapedText } from '../database/escaped-text.js'
import { checkPage, type Session } from '../session.js'
import { lockAccount } from './lock-account.js'

// By submissions_remote, and by primary key.
const OURS = `SELECT remote_id FROM submissions
  WHERE account_id = $1 AND remote_id = ANY($2::varchar[]) AND remote_id IS NOT NULL`
const FOREIGN = `SELECT remote_id FROM foreign_batches
  WHERE account_id = $1 AND remote_id = ANY($2::varchar[])`
const MARK = `INSERT INTO foreign_batches (account_id, remote_id, seen_at)
  SELECT $1, v.id, $3 FROM unnest($2::varchar[]) v(id)
  WHERE NOT EXISTS (SELECT 1 FROM submissions s WHERE s.account_id = $1 AND s.remote_id = v.id)
  ORDER BY v.id ON CONFLICT DO NOTHING`

interface Question {
  readonly account: AccountId
  readonly remoteIds: readonly RemoteId[]
}

interface RemoteRow {
  readonly remote_id: RemoteId
}

/** See `SendingStore.knownBatches`. */
export function knownBatches(session: Session, params: Question): Promise<KnownBatches> {
  return session.read(async (step) => {
    checkPage(step, params.remoteIds)
    const [accountId] = await step.names.find(step.db, [params.account])
    if (accountId == null) return { ours: new Set(), foreign: new Set() }
    const ids = arrayOf('varchar', params.remoteIds.map(escapedText))
    const known = async (sql: string): Promise<ReadonlySet<RemoteId>> => {
      const rows = await step.db.all<RemoteRow>(sql, accountId, ids)
      return new Set(rows.map((row) => row.remote_id))
    }
    return { ours: await known(OURS), foreign: await known(FOREIGN) }
  })
}

/** See `SendingStore.markForeign`. */
export async function markForeign(
  session: Session,
  params: Question,
): Promise<{ readonly marked: number }> {
  checkPage(session, params.remoteIds)
  const [accountId = 0] = await session.idsOf(params.account)
  return session.write(async (step) => {
    await lockAccount(step, accountId)
    const ids = arrayOf('varchar', params.remoteIds.map(escapedText))
    return { marked: await step.db.run(MARK, accountId, ids, step.now) }
  })
}
