/** Something that must work before anything can be looked at did not. */
export class PackError extends Error {
  override readonly name = 'PackError'
}
