import { deadlineLane, type Lane, type Route } from '../../model/lane.js'
import type { EpochMs } from '../../model/time.js'
import { itemBytesOf } from '../wire-size.js'
import { wireBytesOf } from './blob-mark.js'
import { ByteSlab } from './byte-slab.js'
import { readDeadline } from './deadline.js'
import { type FileSource, findFileSources } from './file-sources.js'
import { type InputLine, paramsOf } from './input-line.js'
import { type LinePlace, NO_PLACE, refusal } from './intake-error.js'
import type { JsonMember } from './json-member.js'
import { bytesOfText } from './json-text.js'
import { readKey } from './key.js'
import { readLabels } from './labels.js'
import { MAX_LINE_BYTES } from './line-feeder.js'
import { validateParams } from './params.js'
import { type Hash128, ParamsHasher } from './params-hash.js'
import { type Prefix, PrefixCache } from './prefix-cache.js'
import { readRoute } from './route.js'
import { joinMembers, MIN_PREFIX_BYTES, splitParams } from './shared-members.js'
import { shownCount } from './shown-value.js'
import { sliceLine } from './slice-members.js'
import { expandMarks, type SourceFiles, spliceFiles } from './splice-files.js'

/** A file's bytes and their SHA-256; what the store's port calls BlobBytes. */
export interface BlobBytes {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
}

/** A request that passed every check, as the store takes it (the port's IntakeRow). */
export interface AcceptedRow {
  readonly key: string
  readonly keyHash: Uint8Array
  readonly row: number | null
  readonly paramsHash: Uint8Array
  readonly body: Uint8Array
  /** The files that the body has marks of, each once; left out when there are none. */
  readonly blobs?: readonly BlobBytes[]
  readonly prefix: Prefix | null
  readonly itemBytes: number
  readonly lane: string
  /** Whether its caller named the route that stands in its lane. */
  readonly isRouteAsked?: boolean
  readonly model: string
  readonly maxTokens: number
  readonly deadlineAt: EpochMs | null
  readonly labels: Readonly<Record<string, string>> | null
}

/** A request as a program gives it. */
export interface NewRequest {
  /** 1 to 512 bytes of UTF-8. */
  readonly key: string
  /** What the Messages API takes; written as JSON once, by `JSON.stringify`. */
  readonly params: object
  /** Epoch milliseconds, or RFC 3339 text with its zone. */
  readonly deadlineAt?: EpochMs | string | null | undefined
  readonly labels?: Readonly<Record<string, string>> | null | undefined
  /**
   * `realtime` where somebody waits for the answer: asked at once and by itself, at the whole price. `batch` where that was never
   * worth the whole price, whatever the queue says. Default: as the queue says.
   */
  readonly route?: Route | undefined
}

/** The files of a row. */
export interface RowFiles {
  /** By the paths that its sources name; null where no path is followed. */
  readonly byPath: SourceFiles | null
  /** Whether their base64 goes into the body, for a store that is not given files apart. Their row is the same one. */
  readonly isInline?: boolean
}

const NO_FILES: RowFiles = { byPath: null }
// Only a cache.
const MOST_LANES = 100
const NO_SOURCES: readonly FileSource[] = []

/** What is the same for all rows of a maker. */
export interface RowMakerOptions {
  readonly hash128: Hash128
  /** Default: the newest API version, without betas. */
  readonly lane?: Partial<Lane>
  /** Most bytes of one item on the wire. Default 32,000,000. */
  readonly maxItemBytes?: number
}

/**
 * Makes rows for the store: checks params, splits off what many requests share, and computes hashes and sizes.
 *
 * Keep one for a whole input, so that equal prefixes share one object. A row owns its bytes: the line's buffer is free
 * for the next line.
 */
export class IntakeRowMaker {
  readonly #hash128: Hash128
  readonly #lane: Partial<Lane>
  readonly #lanes = new Map<EpochMs | null, string>()
  readonly #maxItemBytes: number
  readonly #hasher: ParamsHasher
  readonly #prefixes: PrefixCache
  readonly #slab = new ByteSlab()

  constructor(options: RowMakerOptions) {
    this.#hash128 = options.hash128
    this.#lane = options.lane ?? {}
    this.#maxItemBytes = options.maxItemBytes ?? MAX_LINE_BYTES
    this.#hasher = new ParamsHasher(options.hash128)
    this.#prefixes = new PrefixCache(options.hash128)
  }

  /**
   * The row for a line of an input; its number is the line's.
   *
   * @param files those that its sources name; see {@link pathsOf}.
   * @throws {InvalidInputError} rule `invalid_params`, `unsupported_param`, `item_too_large`, `invalid_source` or
   * `path_not_taken`.
   */
  toIntakeRow(line: InputLine, files: RowFiles = NO_FILES): AcceptedRow {
    return this.#row(line, line.place.line, files)
  }

  /**
   * The row for a request of a program, after the same checks as for a line of a file.
   *
   * @param row number in the job's input, from 1; null outside a job.
   * @param place what errors call the request; by default they name its member only.
   * @throws {InvalidInputError} when the request can't be taken.
   */
  intakeRowOf(
    request: NewRequest,
    row: number | null = null,
    place: LinePlace = NO_PLACE,
    files: RowFiles = NO_FILES,
  ): AcceptedRow {
    const key = readKey(request.key, { place, field: 'key' })
    const deadlineAt = readDeadline(request.deadlineAt, place, 'program')
    const labels = readLabels(request.labels, place)
    const bytes = bytesOfText(stringify(request.params, place))
    const sliced = sliceLine(bytes, 0, bytes.length, { open: 'params', place })
    const params = paramsOf(sliced.members[0], bytes, place)
    const { mayHavePaths } = sliced
    const route = readRoute(request.route, place)
    const made = this.#row(
      { place, bytes, key, params, deadlineAt, labels, mayHavePaths },
      row,
      files,
    )
    if (route === null) return made
    const lane = deadlineLane({ ...this.#lane, route }, made.deadlineAt)
    return { ...made, lane, isRouteAsked: true }
  }

  #row(line: InputLine, row: number | null, files: RowFiles): AcceptedRow {
    const { bytes, params, place } = line
    const sources = line.mayHavePaths ? findFileSources(bytes, params, place) : NO_SOURCES
    if (sources.length === 0) return this.#rowOfBytes(line, row, 0)
    const spliced = spliceFiles(line, sources, files.byPath, place)
    const moreBytes = wireBytesOf(spliced.bytes) - spliced.bytes.length
    const marked = this.#rowOfBytes({ ...line, ...spliced }, row, moreBytes)
    const { blobs } = spliced
    if (files.isInline !== true) return { ...marked, blobs }
    return { ...marked, body: expandMarks(marked.body, blobs) }
  }

  // `moreBytes`: how much longer the item is on the wire than its bytes say. Of every row of an input, so nothing is copied.
  #rowOfBytes(line: InputLine, row: number | null, moreBytes: number): AcceptedRow {
    const { bytes, params, place, key, deadlineAt, labels } = line
    const { model, maxTokens } = validateParams(bytes, params, place)
    const { prefix, body } = this.#split(bytes, params)
    const itemBytes = itemBytesOf(prefix?.bytes.length ?? 0, body.length) + moreBytes
    if (itemBytes > this.#maxItemBytes) throw itemTooLarge(itemBytes, this.#maxItemBytes, place)
    return {
      key: key.text,
      keyHash: this.#hash128(key.bytes),
      row,
      paramsHash: this.#hasher.hash(bytes, params),
      body,
      prefix,
      itemBytes,
      lane: this.#laneOf(deadlineAt),
      model,
      maxTokens,
      deadlineAt,
      labels,
    }
  }

  // Rows of one input are mostly wanted by the same instant, if by any.
  #laneOf(deadlineAt: EpochMs | null): string {
    const known = this.#lanes.get(deadlineAt)
    if (known !== undefined) return known
    if (this.#lanes.size >= MOST_LANES) this.#lanes.clear()
    const lane = deadlineLane(this.#lane, deadlineAt)
    this.#lanes.set(deadlineAt, lane)
    return lane
  }

  #split(bytes: Uint8Array, params: readonly JsonMember[]) {
    const { shared, own, sharedBytes, ownBytes } = splitParams(params)
    const prefix =
      sharedBytes < MIN_PREFIX_BYTES ? null : this.#prefixes.find(bytes, shared, sharedBytes)
    const size = prefix === null ? sharedBytes + ownBytes + 1 : ownBytes
    const body = this.#slab.take(size)
    joinMembers(bytes, prefix === null ? params : own, body)
    return { prefix, body }
  }
}

/**
 * The paths of files that the sources of a line name, each once. Whoever follows them gives the files to the maker.
 *
 * @throws {InvalidInputError} rule `invalid_source`.
 */
export function pathsOf({ mayHavePaths, bytes, params, place }: InputLine): readonly string[] {
  if (!mayHavePaths) return []
  return [...new Set(findFileSources(bytes, params, place).map(({ path }) => path))]
}

/** Hashes a key the way rows do, to look a request up by it. */
export function keyHashOf(key: string, hash128: Hash128): Uint8Array {
  return hash128(bytesOfText(key))
}

function stringify(params: unknown, place: LinePlace): string {
  try {
    return JSON.stringify({ params })
  } catch (cause) {
    // Running out of stack is how a program's nest that is far too deep shows.
    const isTooDeep = cause instanceof RangeError
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    throw refusal({
      place,
      field: 'params',
      rule: isTooDeep ? 'too_deep' : 'invalid_params',
      problem: `expected params that JSON can write, got some that it can't.`,
      hint: `JSON.stringify says: ${reason.replace(/\.$/, '')}.`,
      cause,
    })
  }
}

function itemTooLarge(itemBytes: number, maxItemBytes: number, place: LinePlace): Error {
  return refusal({
    place,
    field: 'params',
    rule: 'item_too_large',
    problem: `expected at most ${shownCount(maxItemBytes)} bytes as one item of a batch, got ${shownCount(itemBytes)}.`,
    hint: 'The provider takes no message above 32 MB.',
  })
}
