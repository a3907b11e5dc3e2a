/** Raised between the last row of an input and its acceptance when it is not to be sent, so that nothing of it stays. */
export class NotSent extends Error {
  override readonly name = 'NotSent'
  /** `dry_run`: it was only to be looked at. `declined`: somebody was asked and said no. */
  readonly why: 'dry_run' | 'declined'

  constructor(why: 'dry_run' | 'declined') {
    super(why)
    this.why = why
  }
}
