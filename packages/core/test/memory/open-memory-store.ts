import { createHash } from 'node:crypto'
import type { AccountId, IntakeRow, ProjectId, QueueName } from '../../src/index.js'
import { itemBytesOf, laneKey } from '../../src/index.js'
import { MemoryStore } from '../../src/memory/index.js'

export const PROJECT: ProjectId = 'acme' as ProjectId
export const ACCOUNT: AccountId = 'main' as AccountId
export const QUEUE: QueueName = 'nightly' as QueueName

/** A store whose clock moves only when told. */
export function openMemoryStore(): { store: MemoryStore; time: { at: number } } {
  const time = { at: 1_800_000_000_000 }
  return { store: new MemoryStore({ now: () => time.at, pageLimit: 100 }), time }
}

export function row(key: string, overrides: Partial<IntakeRow> = {}): IntakeRow {
  const body = new TextEncoder().encode(
    `"messages":[{"role":"user","content":${JSON.stringify(key)}}]`,
  )
  return {
    key,
    keyHash: hash(key),
    row: null,
    paramsHash: hash(`params of ${key}`),
    body,
    prefix: null,
    itemBytes: itemBytesOf(0, body.length),
    lane: laneKey({}),
    model: 'claude-haiku-4-5',
    maxTokens: 1_024,
    deadlineAt: null,
    labels: null,
    ...overrides,
  }
}

function hash(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest().subarray(0, 16))
}
