import type { JobId } from '../model/ids.js'
import type { SweepFailure, SweepResult } from '../ports/store-upkeep.js'

/** A part of a sweep, which is whole by itself. */
export interface Chore {
  /** What it is about, in words. */
  readonly name: string
  /** Answers whether there is more to do, and, of the one that is about them, the jobs that became done. */
  readonly run: () => Promise<{ readonly more: boolean; readonly jobsDone?: readonly JobId[] }>
}

/**
 * Does the chores of a store's sweep one after the other: one that fails, for a lock that is held or a table that is damaged,
 * stops none of the others.
 *
 * `isThere` is asked after a failure: a store that is away would let each chore wait as long as the first.
 *
 * @throws whatever `isThere` throws; when not one chore could be done, what the first of them threw.
 */
export async function sweepInTurn(
  chores: readonly Chore[],
  isThere: () => Promise<unknown>,
): Promise<SweepResult> {
  const failed: SweepFailure[] = []
  let more = false
  let jobsDone: readonly JobId[] = []
  for (const { name, run } of chores) {
    try {
      const done = await run()
      more = more || done.more
      jobsDone = done.jobsDone ?? jobsDone
    } catch (error) {
      failed.push({ chore: name, error })
      await isThere()
    }
  }
  const [first] = failed
  if (first !== undefined && failed.length === chores.length) throw first.error
  return { more, jobsDone, failed }
}
