import { base64BytesOf, blobMarksOf } from '@halfrate/core/intake'
import { countText } from '../screen/number-text.js'

/** Params as somebody is shown them. */
export interface ShownParams {
  /** As they stand in the body that is sent, but for what is left out. */
  readonly params: Uint8Array
  /** Characters of base64 in whose place their number stands. */
  readonly leftOut: number
}

const encoder = new TextEncoder()

/**
 * Params for somebody to read: in place of each file stands how much of base64 is left out there, so that they are still
 * JSON.
 */
export function shownParams(params: Uint8Array): ShownParams {
  const parts: Uint8Array[] = []
  let at = 0
  let leftOut = 0
  for (const mark of blobMarksOf(params)) {
    const count = base64BytesOf(mark.size)
    parts.push(
      params.subarray(at, mark.at),
      encoder.encode(`[${countText(count)} characters of base64]`),
    )
    leftOut += count
    at = mark.end
  }
  return { params: Buffer.concat([...parts, params.subarray(at)]), leftOut }
}
