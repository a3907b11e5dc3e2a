import { HalfrateError } from '@halfrate/core'
import type { CanaryFinding } from '@halfrate/core/canary'

/**
 * A job stands still: its first rows went alone, and too many of them failed. What was answered is in the store, and was
 * given before this was thrown.
 */
export class CanaryStoppedError extends HalfrateError {
  readonly finding: CanaryFinding

  constructor(job: string, finding: CanaryFinding) {
    const { failed, of, alike, reason, detail } = finding
    const by = detail === null ? reason : `${reason}, ${detail}`
    super(
      'canary_stopped',
      `job ${JSON.stringify(job)} stands still: of its first ${of} rows ${failed} failed, ${alike} of them by ${by}.`,
      'The rest was not sent and costs nothing. Correct the rows and run the same job with onConflict: "supersede", and new first rows go; or call resume() on it, and the rest goes as it is.',
    )
    this.finding = finding
  }
}
