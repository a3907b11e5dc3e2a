import type { JobId } from './ids.js'
import type { Job } from './job.js'

/**
 * One filling of the open part of a job: it begins with the opening of the part or with a discard, and ends with the next
 * discard or the commit.
 *
 * Within a filling a part only grows: a row that supersedes another is added beside it, a cancel changes states alone, and
 * an abandoned part is swept by discards. So whoever counts the distinct requests of the part that it found or put, and
 * commits in the same filling with that count, commits exactly these: what it counted is still there, and when the part
 * holds as many there is nothing else. Over two fillings the same count proves nothing.
 */
export interface Filling {
  readonly id: JobId
  readonly part: number
  /** `Job.fill`, as `openJob` or `discardPart` answered it. */
  readonly fill: number
}

/** What decides whether a part is open, and in which filling. */
export type PartFacts = Pick<Job, 'committedPart' | 'openPart' | 'fill'>

/** Whether this part of the job is open and still in this filling. */
export function isOpenIn(job: PartFacts, { part, fill }: Omit<Filling, 'id'>): boolean {
  return job.openPart === part && part > job.committedPart && job.fill === fill
}

/**
 * Whether this is the job's newest commit, made before, whose answer was lost.
 *
 * The part's number alone doesn't say: another input may have been committed as this part, in a later filling, or in this
 * one with more rows, of which these are the first.
 */
export function isNewestCommit(
  job: PartFacts & Pick<Job, 'rowCount'>,
  { part, fill, rowCount }: Omit<Filling, 'id'> & Pick<Job, 'rowCount'>,
): boolean {
  return job.committedPart === part && job.fill === fill && job.rowCount === rowCount
}
