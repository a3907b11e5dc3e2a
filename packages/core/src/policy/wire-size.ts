import { CUSTOM_ID_LENGTH } from './custom-id.js'

/** What stands before the first item of a create body. */
export const BODY_HEAD = '{"requests":['
/** What stands after the last item. */
export const BODY_TAIL = ']}'
/** An item up to its custom id. */
export const ITEM_HEAD = '{"custom_id":"'
/** Between the custom id and the members of params. */
export const ITEM_MIDDLE = '","params":{'
/** What ends an item. */
export const ITEM_TAIL = '}}'

const ITEM_FRAME_BYTES = ITEM_HEAD.length + CUSTOM_ID_LENGTH + ITEM_MIDDLE.length + ITEM_TAIL.length

/** Bytes of one item on the wire. Known at intake, since nothing is parsed or rewritten after it. */
export function itemBytesOf(prefixBytes: number, bodyBytes: number): number {
  const comma = prefixBytes > 0 && bodyBytes > 0 ? 1 : 0
  return ITEM_FRAME_BYTES + prefixBytes + comma + bodyBytes
}

/** Bytes of a whole create body: its items, the commas between them, and the frame. */
export function contentLengthOf(itemsBytes: number, requestCount: number): number {
  return BODY_HEAD.length + itemsBytes + Math.max(0, requestCount - 1) + BODY_TAIL.length
}
