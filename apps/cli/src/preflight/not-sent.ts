/** Raised between the last row of an input and its acceptance when it is not to be sent, so that nothing of it stays. */
export class NotSent extends Error {
  override readonly name = 'NotSent'
  /**
   * `dry_run`: it was only to be looked at. `declined`: somebody was asked and said no. `unanswered`: the question was
   * interrupted.
   */
  readonly why: 'dry_run' | 'declined' | 'unanswered'

  constructor(why: NotSent['why']) {
    super(why)
    this.why = why
  }
}
