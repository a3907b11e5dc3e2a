/**
 * Intake: from a line of a file, or an object, to a row that can be stored. All of it is pure, and says of bad input what was
 * expected, what came and what to do.
 */

export { type KeyTail, keyTailOf, readKeyTail } from '../key-tail.js'
export {
  BLOB_MARK_BYTES,
  type BlobMark,
  type BlobRef,
  base64BytesOf,
  blobMark,
  blobMarksOf,
  wireBytesOf,
} from './blob-mark.js'
export { parseInstant } from './deadline.js'
export { type InputLine, readInputLine } from './input-line.js'
export { type IntakeRule, type LinePlace, NO_PLACE } from './intake-error.js'
export {
  type AcceptedRow,
  type BlobBytes,
  IntakeRowMaker,
  keyHashOf,
  type NewRequest,
  pathsOf,
  type RowFiles,
  type RowMakerOptions,
} from './intake-row-maker.js'
export { type JsonMember, slicesOf } from './json-member.js'
export { type Key, MAX_KEY_BYTES, readKey } from './key.js'
export {
  emptyInput,
  type FedLine,
  LineFeeder,
  type LineFeederOptions,
  MAX_LINE_BYTES,
} from './line-feeder.js'
export {
  type FileBlock,
  fileBlockOf,
  isMediaType,
  MEDIA_NAMES,
  type MediaType,
  mediaTypeOf,
} from './media-type.js'
export { nearNames } from './near-names.js'
export { type ParamsFacts, validateParams } from './params.js'
export type { Hash128 } from './params-hash.js'
export type { Prefix } from './prefix-cache.js'
export { type SliceOptions, sliceMembers } from './slice-members.js'
export type { SourceFile, SourceFiles } from './splice-files.js'
export { type SplitBody, splitBody, tailMarkBytes, withKeyTail } from './tail-mark.js'
export { needsCount, needsHistory, type RowAtDoor, throughDoor } from './through-door.js'
export { findUnknownModel, type UnknownModel } from './unknown-model.js'
export { withCachedPrefix } from './with-cached-prefix.js'
export { withDeadline } from './with-deadline.js'
export { withMaxTokens } from './with-max-tokens.js'
