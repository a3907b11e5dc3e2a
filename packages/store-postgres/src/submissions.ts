import { InvariantError, type Submission } from '@halfrate/core'
import {
  columnsOfChanges,
  type SubmissionChanges,
  type SubmissionsTable,
  submissionOf,
  textOfAny,
} from '@halfrate/store-sql'
import type { Parameter } from './database/connection.js'
import { escapedText } from './database/escaped-text.js'
import type { Step } from './session.js'

/** Makes submissions of their rows. */
export async function submissionsOfRows(
  { db, names }: Step,
  rows: readonly SubmissionsTable[],
): Promise<readonly Submission[]> {
  const ids = rows.flatMap((row) => [row.project_id, row.account_id, row.queue_id, row.lane_id])
  const nameOf = await names.readerOf(db, ids)
  return rows.map((row) => submissionOf(row, nameOf))
}

/** The first submission that a statement finds; undefined for none. */
export async function selectSubmission(
  step: Step,
  sql: string,
  ...values: Parameter[]
): Promise<Submission | undefined> {
  const rows = await step.db.all<SubmissionsTable>(sql, ...values)
  return (await submissionsOfRows(step, rows.slice(0, 1)))[0]
}

const BY_ID = 'SELECT * FROM submissions WHERE id = $1'

/** A submission by id, as it is now; undefined for none. */
export function findSubmission(step: Step, id: number): Promise<Submission | undefined> {
  return selectSubmission(step, BY_ID, id)
}

/**
 * A submission by id, locked until the step is over.
 *
 * @throws {InvariantError} when there is none.
 */
export async function needSubmission(step: Step, id: number): Promise<Submission> {
  const submission = await selectSubmission(step, `${BY_ID} FOR UPDATE`, id)
  if (submission === undefined) throw new InvariantError(`There is no submission ${id}.`)
  return submission
}

/** Columns of a submission and what to write into them. */
export function submissionColumns(
  changes: SubmissionChanges,
): readonly { readonly column: string; readonly value: Parameter }[] {
  return columnsOfChanges(changes).map(({ column, value }) => ({
    column,
    // Only what the provider calls its batch can be any text.
    value:
      column === 'remote_id' && typeof value !== 'number' && value !== null
        ? escapedText(textOfAny(value))
        : value,
  }))
}

/** Changes columns of a locked submission and answers what it is now. */
export async function changeSubmission(
  step: Step,
  submission: Submission,
  changes: SubmissionChanges,
): Promise<Submission> {
  const columns = submissionColumns(changes)
  const assignments = columns.map(({ column }, index) => `${column} = $${index + 2}`).join(', ')
  const values = columns.map(({ value }) => value)
  await step.db.run(`UPDATE submissions SET ${assignments} WHERE id = $1`, submission.id, ...values)
  return { ...submission, ...changes } as Submission
}
