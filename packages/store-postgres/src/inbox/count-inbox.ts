import { InvariantError } from '@halfrate/core'
import pg from 'pg'
import type { Session } from '../session.js'
import { INBOX_TABLE } from './inbox-table.js'

/** What stands in the inbox. */
export interface InboxCounts {
  /** Rows that a worker is going to take. */
  readonly waiting: number
  /** Rows with an error, which stay until somebody corrects or removes them. */
  readonly refused: number
  /** The statement that shows the refused rows, with what is wrong with each. */
  readonly look: string
}

const COUNT = `SELECT count(*) FILTER (WHERE error IS NULL) AS waiting, count(error) AS refused FROM ${INBOX_TABLE}`

/** Counts the rows of the inbox. */
export async function countInbox(session: Session): Promise<InboxCounts> {
  const counts = await session.read(({ db }) => db.get<Omit<InboxCounts, 'look'>>(COUNT))
  if (counts === undefined) throw new InvariantError('A count came back without its row.')
  const table = `${pg.escapeIdentifier(session.schema)}.${INBOX_TABLE}`
  return { ...counts, look: `SELECT id, key, error FROM ${table} WHERE error IS NOT NULL` }
}
