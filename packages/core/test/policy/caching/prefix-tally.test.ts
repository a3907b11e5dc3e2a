import { expect, test } from 'vitest'
import type { RequestId } from '../../../src/index.js'
import {
  MOST_PREFIXES,
  MOST_PRIMERS,
  PrefixTally,
} from '../../../src/policy/caching/prefix-tally.js'

const encoder = new TextEncoder()
const MODEL = 'claude-opus-5'

function prefix(text: string, ttl: '5m' | '1h' | null = '1h', number = 0) {
  const control = ttl === null ? '' : `,"cache_control":{"type":"ephemeral","ttl":"${ttl}"}`
  const bytes = encoder.encode(`"system":[{"type":"text","text":"${text}"${control}}]`)
  const hash = new Uint8Array(16)
  new DataView(hash.buffer).setUint32(0, number)
  return { hash, bytes }
}

const id = (number: number): RequestId => number as RequestId

test('counts the rows of each prefix, and names the first of them', () => {
  const tally = new PrefixTally()
  const long = 'x'.repeat(45_000)
  for (const number of [3, 4, 5]) tally.note({ prefix: prefix(long), model: MODEL }, id(number))
  const [shared] = tally.shared()
  expect(shared).toMatchObject({ requestId: id(3), rows: 3, ttl: '1h', model: MODEL })
  // A little more than 10,000 times 1.3, the newer tokenizer, and less than twice as many.
  expect(shared?.tokens.low).toBeGreaterThan(13_000)
  expect(shared?.tokens.high).toBeLessThan(26_000)
})

test('leaves out what nobody shares, or asks to have cached', () => {
  const tally = new PrefixTally()
  tally.note({ prefix: null, model: MODEL }, id(1))
  tally.note({ prefix: prefix('alone', '1h', 1), model: MODEL }, id(2))
  for (const number of [3, 4]) {
    tally.note({ prefix: prefix('plain', null, 2), model: MODEL }, id(number))
  }
  expect(tally.shared()).toEqual([])
})

test('tells the same prefix of two models apart', () => {
  const tally = new PrefixTally()
  const same = prefix('same')
  for (const number of [1, 2]) tally.note({ prefix: same, model: MODEL }, id(number))
  for (const number of [3, 4]) tally.note({ prefix: same, model: 'claude-sonnet-5' }, id(number))
  expect(tally.shared().map(({ requestId, rows }) => [requestId, rows])).toEqual([
    [1, 2],
    [3, 2],
  ])
})

test('keeps the first of many prefixes, and of these those with the most tokens', () => {
  const tally = new PrefixTally()
  for (let number = 0; number < MOST_PREFIXES + 50; number += 1) {
    const own = prefix('x'.repeat(number * 10), '1h', number)
    for (const again of [1, 2]) tally.note({ prefix: own, model: MODEL }, id(number * 2 + again))
  }
  const shared = tally.shared()
  expect(shared).toHaveLength(MOST_PRIMERS)
  expect(shared[0]?.requestId).toBe((MOST_PREFIXES - 1) * 2 + 1)
})
