import { type IntakeRow, itemBytesOf, laneKey, type PrefixBytes } from '@halfrate/core'
import { testDigest } from '../test-digest.js'

const encoder = new TextEncoder()

/** What a test says of a row; the rest follows from it. */
export interface IntakeRowOptions extends Partial<Omit<IntakeRow, 'prefix'>> {
  readonly key: string
  /** Members of params that many rows share, without braces. */
  readonly prefixText?: string | undefined
  /** The other members; by default a message that quotes the key. */
  readonly bodyText?: string | undefined
}

/** Builds a request as it comes in at the door, with hashes and sizes that fit its bytes. */
export function anIntakeRow(options: IntakeRowOptions): IntakeRow {
  const { prefixText, bodyText, ...overrides } = options
  const body = encoder.encode(bodyText ?? messageOf(options.key))
  const prefix = prefixText === undefined ? null : prefixOf(prefixText)
  return {
    keyHash: testDigest.hash128(encoder.encode(options.key)),
    row: null,
    paramsHash: testDigest.hash128(prefix?.bytes ?? new Uint8Array(), encoder.encode('|'), body),
    body,
    prefix,
    itemBytes: itemBytesOf(prefix?.bytes.length ?? 0, body.length),
    lane: laneKey({}),
    model: 'claude-haiku-4-5',
    maxTokens: 1_024,
    deadlineAt: null,
    labels: null,
    ...overrides,
  }
}

function prefixOf(text: string): PrefixBytes {
  const bytes = encoder.encode(text)
  return { hash: testDigest.hash128(bytes), bytes }
}

function messageOf(key: string): string {
  return `"messages":[{"role":"user","content":${JSON.stringify(key)}}]`
}
