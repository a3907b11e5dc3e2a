/** An instant: whole milliseconds since 1970-01-01T00:00:00Z. Names of such values end in `At`. */
export type EpochMs = number

/** One second in milliseconds. */
export const SECOND_MS = 1_000

/** One minute in milliseconds. */
export const MINUTE_MS = 60_000

/** One hour in milliseconds. */
export const HOUR_MS = 3_600_000

/** One day in milliseconds. */
export const DAY_MS = 86_400_000

/** The first of some instants; null when none of them is known. */
export function earliest(...instants: readonly (EpochMs | null)[]): EpochMs | null {
  const known = instants.filter((at) => at !== null)
  return known.length === 0 ? null : Math.min(...known)
}
