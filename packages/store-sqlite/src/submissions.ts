import { InvariantError, type Submission } from '@halfrate/core'
import {
  columnsOfChanges,
  type SubmissionChanges,
  type SubmissionsTable,
  submissionOf,
} from '@halfrate/store-sql'
import type { Session } from './session.js'

const BY_ID = 'SELECT * FROM submissions WHERE id = ?'

/** A submission by id; undefined for none. */
export function findSubmission(session: Session, id: number): Submission | undefined {
  const row = session.db.get<SubmissionsTable>(BY_ID, id)
  return row === undefined ? undefined : submissionOf(row, session.names.textOf)
}

/**
 * A submission by id.
 *
 * @throws {InvariantError} when there is none.
 */
export function needSubmission(session: Session, id: number): Submission {
  const submission = findSubmission(session, id)
  if (submission === undefined) throw new InvariantError(`There is no submission ${id}.`)
  return submission
}

/** Changes columns of a submission and answers what it is now. */
export function changeSubmission(
  session: Session,
  submission: Submission,
  changes: SubmissionChanges,
): Submission {
  const columns = columnsOfChanges(changes)
  const assignments = columns.map(({ column }) => `${column} = ?`).join(', ')
  const values = columns.map(({ value }) => value)
  session.db.run(`UPDATE submissions SET ${assignments} WHERE id = ?`, ...values, submission.id)
  return { ...submission, ...changes } as Submission
}
