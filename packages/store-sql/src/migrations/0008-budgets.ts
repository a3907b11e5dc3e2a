import type { Migration } from './migration.js'

/**
 * 0008_budgets. Not breaking: a column that may be null, and two indexes.
 *
 * What a submission came to, added up when it was collected. Null for those that were collected before, or by an older worker,
 * or got a line after that: they are asked of their attempts. The indexes are for sums over what was sealed in a period.
 */
export const budgetsMigration: Migration = {
  name: '0008_budgets',
  breaking: false,
  statements: ({ integer }) => [
    `ALTER TABLE submissions ADD COLUMN spent_nano ${integer}`,
    'CREATE INDEX submissions_of_project ON submissions (project_id, (coalesce(sealed_at, opened_at)))',
    'CREATE INDEX submissions_of_account ON submissions (account_id, (coalesce(sealed_at, opened_at)))',
  ],
}
