/** Ends a call from our side, with the reason that is reported. It never leaves the package: a call ends in a value. */
export class CallEndedError extends Error {
  override readonly name = 'CallEndedError'
}
