import { createHash, createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { nodeDigest } from '../src/node-digest.js'
import { systemClock, systemNow, systemRandom } from '../src/system.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

test('a sleeper of a fast clock wakes after the real part of the time', async () => {
  const clock = systemClock({ origin: systemNow(), start: 0, factor: 100_000 })
  const before = clock.monotonicMs()
  await clock.sleep({ ms: 500_000 })
  expect(clock.monotonicMs() - before).toBeGreaterThanOrEqual(400_000)
})

test('a sleeper wakes at once when its signal is aborted, before or while it sleeps', async () => {
  const clock = systemClock()
  await clock.sleep({ ms: 3_600_000, signal: AbortSignal.abort() })
  const stop = new AbortController()
  const slept = clock.sleep({ ms: 3_600_000, signal: stop.signal })
  stop.abort()
  await slept
})

test('chance gives numbers from 0 to below 1 and bytes of any length', () => {
  const numbers = Array.from({ length: 1_000 }, () => systemRandom.next())
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
  expect(new Set(numbers).size).toBe(1_000)
  expect(systemRandom.bytes(33)).toHaveLength(33)
})

test('a digest is that of all parts one after another', () => {
  const whole = createHash('sha256').update('abcdef').digest()
  expect(nodeDigest.hash128(bytes('abc'), bytes('def'))).toEqual(
    new Uint8Array(whole.subarray(0, 16)),
  )
  const mac = createHmac('sha256', 'key').update('abc').digest()
  expect(nodeDigest.hmacSha256(bytes('key'), bytes('abc'))).toEqual(new Uint8Array(mac))
})
