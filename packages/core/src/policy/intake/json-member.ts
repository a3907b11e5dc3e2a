/**
 * One member of a JSON object, by where it stands in the input's bytes.
 *
 * The bytes from `start` to `end` are the member as it came; joined by commas, members make an object again.
 */
export interface JsonMember {
  /** The name as it reads, escapes undone. */
  readonly name: string
  /** Index of the name's opening quote, which is the member's first byte. */
  readonly start: number
  /** Index after the name's closing quote. */
  readonly nameEnd: number
  /** Index of the value's first byte. */
  readonly valueStart: number
  /** Index after the value's last byte. */
  readonly end: number
  /** The members of the value, when it is an object and was asked for; else null. */
  readonly members: readonly JsonMember[] | null
}

/** The bytes of a member's name between its quotes, and of its value; views of the input. */
export function slicesOf(
  bytes: Uint8Array,
  member: JsonMember,
): { readonly name: Uint8Array; readonly value: Uint8Array } {
  return {
    name: bytes.subarray(member.start + 1, member.nameEnd - 1),
    value: bytes.subarray(member.valueStart, member.end),
  }
}
