import type { ReportCounts } from '@halfrate/core'

/** What the process tells its caller; part of the interface. */
export const EXIT = {
  /** Every row has a usable answer. */
  usable: 0,
  /** It could not work. */
  couldNotWork: 1,
  /** It worked, and some rows failed, were refused, cut off or empty; or violations were found. */
  someNotUsable: 2,
  /** Interrupted; the same command resumes. */
  interrupted: 130,
} as const

/** The exit code for a job as it stands: rows that are not done count as not usable. */
export function exitCodeOf(counts: ReportCounts): number {
  return counts.byStatus.succeeded === counts.total ? EXIT.usable : EXIT.someNotUsable
}
