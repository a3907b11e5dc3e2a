/** Raised inside the reading of an input when the user asked to stop. */
export class InterruptedReading extends Error {
  override readonly name = 'InterruptedReading'
}
