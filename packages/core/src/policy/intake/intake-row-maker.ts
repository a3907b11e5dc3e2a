import { type Lane, laneKey } from '../../model/lane.js'
import type { EpochMs } from '../../model/time.js'
import { itemBytesOf } from '../wire-size.js'
import { ByteSlab } from './byte-slab.js'
import { readDeadline } from './deadline.js'
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
import { joinMembers, MIN_PREFIX_BYTES, splitParams } from './shared-members.js'
import { shownCount } from './shown-value.js'
import { sliceMembers } from './slice-members.js'

/** A request that passed every check, as the store takes it (the port's IntakeRow). */
export interface AcceptedRow {
  readonly key: string
  readonly keyHash: Uint8Array
  readonly row: number | null
  readonly paramsHash: Uint8Array
  readonly body: Uint8Array
  readonly prefix: Prefix | null
  readonly itemBytes: number
  readonly lane: string
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
}

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
  readonly #lane: string
  readonly #maxItemBytes: number
  readonly #hasher: ParamsHasher
  readonly #prefixes: PrefixCache
  readonly #slab = new ByteSlab()

  constructor(options: RowMakerOptions) {
    this.#hash128 = options.hash128
    this.#lane = laneKey(options.lane ?? {})
    this.#maxItemBytes = options.maxItemBytes ?? MAX_LINE_BYTES
    this.#hasher = new ParamsHasher(options.hash128)
    this.#prefixes = new PrefixCache(options.hash128)
  }

  /**
   * The row for a line of an input; its number is the line's.
   *
   * @throws {InvalidInputError} rule `invalid_params`, `unsupported_param` or `item_too_large`.
   */
  toIntakeRow(line: InputLine): AcceptedRow {
    return this.#row(line, line.place.line)
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
  ): AcceptedRow {
    const key = readKey(request.key, { place, field: 'key' })
    const deadlineAt = readDeadline(request.deadlineAt, place, 'program')
    const labels = readLabels(request.labels, place)
    const bytes = bytesOfText(stringify(request.params, place))
    const [member] = sliceMembers(bytes, 0, bytes.length, { open: 'params', place })
    const params = paramsOf(member, bytes, place)
    return this.#row({ place, bytes, key, params, deadlineAt, labels }, row)
  }

  #row(line: InputLine, row: number | null): AcceptedRow {
    const { bytes, params, place, key, deadlineAt, labels } = line
    const { model, maxTokens } = validateParams(bytes, params, place)
    const { prefix, body } = this.#split(bytes, params)
    const itemBytes = itemBytesOf(prefix?.bytes.length ?? 0, body.length)
    if (itemBytes > this.#maxItemBytes) throw itemTooLarge(itemBytes, this.#maxItemBytes, place)
    return {
      key: key.text,
      keyHash: this.#hash128(key.bytes),
      row,
      paramsHash: this.#hasher.hash(bytes, params),
      body,
      prefix,
      itemBytes,
      lane: this.#lane,
      model,
      maxTokens,
      deadlineAt,
      labels,
    }
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
