import { expect, test } from 'vitest'
import { LookPace } from '../src/look-pace.js'

/** How long a pace rests after looks that took so many milliseconds, one after another. */
async function restsAfter(...looksMs: readonly number[]): Promise<readonly number[]> {
  let nowMs = 5
  const pace = new LookPace({ nowMs: () => nowMs, leastRestMs: 250 })
  const rests: number[] = []
  for (const ms of looksMs) {
    for (const part of [ms / 4, (3 * ms) / 4]) {
      await pace.time(async () => {
        nowMs += part
      })
    }
    rests.push(pace.rest())
  }
  return rests
}

test('what takes no time is looked at after the shortest rest', async () => {
  expect(await restsAfter(0, 3, 12)).toEqual([250, 250, 250])
})

test('looks take at most a twentieth of the time, and there is one a minute', async () => {
  expect(await restsAfter(400, 500, 400, 9_000, 9_000)).toEqual([250, 8_000, 8_000, 8_000, 60_000])
})

test('one look in which the process stood still for an hour makes no pause', async () => {
  expect(await restsAfter(3, 3_600_000, 3, 3_600_000)).toEqual([250, 250, 250, 250])
})

test('what fails is no part of a look', async () => {
  let nowMs = 0
  const pace = new LookPace({ nowMs: () => nowMs, leastRestMs: 250 })
  for (let tries = 0; tries < 3; tries += 1) {
    const look = pace.time(async () => {
      nowMs += 60_000
      throw new RangeError('the store is away')
    })
    await expect(look).rejects.toThrow(RangeError)
    expect(pace.rest()).toBe(250)
  }
})
