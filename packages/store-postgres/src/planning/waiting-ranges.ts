/**
 * The recursive part of a statement that steps from range to range along waiting_ranges, one seek each, however many
 * requests wait in them. A range is one group's requests of one part of a job, or its loose ones.
 */
export const RANGES: string = ranges('')

/** The same for one queue: `$1` is its project's number and `$2` its own. */
export const RANGES_OF_QUEUE: string = ranges('WHERE project_id = $1 AND queue_id = $2')

/** {@link RANGES}' rows, called `g`, without those of parts that are not committed. */
export const COMMITTED_RANGES = `(SELECT ranges.* FROM ranges
    LEFT JOIN jobs j ON j.id = ranges.job_id
    WHERE ranges.job_id = 0 OR ranges.part <= j.committed_part) g`

/** Text that says that a row `w` of `waiting` is in a range `g`. */
export const IN_RANGE = `w.project_id = g.project_id AND w.queue_id = g.queue_id
  AND w.account_id = g.account_id AND w.lane_id = g.lane_id AND w.batch_limit = g.batch_limit
  AND w.job_id = g.job_id AND w.part = g.part`

function ranges(where: string): string {
  const key = 'project_id, queue_id, account_id, lane_id, batch_limit, job_id, part'
  const inQueue = where === '' ? '' : `${where.replace('WHERE', 'AND')}`
  return `ranges (${key}) AS (
    (SELECT ${key} FROM waiting ${where} ORDER BY ${key} LIMIT 1)
    UNION ALL
    SELECT n.* FROM ranges r CROSS JOIN LATERAL (
      SELECT ${key} FROM waiting
      WHERE (${key}) > (r.project_id, r.queue_id, r.account_id, r.lane_id, r.batch_limit, r.job_id, r.part)
        ${inQueue}
      ORDER BY ${key} LIMIT 1) n)`
}
