/** One entry of a sorted set that follows from a record. */
export interface Place {
  readonly key: string
  readonly member: string
  readonly score: number
  /** Commands that make it known where it can be found; said again, they change nothing. */
  readonly announce?: readonly (readonly string[])[]
}

/** A number as a member whose order as text is its order as a number. */
export function padded(id: number): string {
  return String(id).padStart(16, '0')
}
