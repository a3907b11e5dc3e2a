import { HalfrateError, type KeyConflictError } from '@halfrate/core'

/** Rows that a job has already with other params, and the call did not say what to do about it. Nothing was stored. */
export class RowsChangedError extends HalfrateError {
  /** How many they are. */
  readonly changedRows: number

  /** @param cause - what found them; its text is for the command line. */
  constructor(cause: KeyConflictError) {
    super(
      'key_conflict',
      cause.message,
      "Nothing was sent. onConflict: 'supersede' sends those rows anew, 'keep' keeps the old answers, and another name makes another job.",
      { cause },
    )
    this.changedRows = cause.changedRows
  }
}
