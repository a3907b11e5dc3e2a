import { expect, test } from 'vitest'
import { MANUAL_START, ManualClock } from '../src/index.js'

test('time stands still until it is told to move', async () => {
  const clock = new ManualClock()
  expect([clock.now(), clock.monotonicMs()]).toEqual([MANUAL_START, 0])
  await clock.advance(1_500)
  expect([clock.now(), clock.monotonicMs()]).toEqual([MANUAL_START + 1_500, 1_500])
})

test('sleepers wake in the order in which they are due, each at its own instant', async () => {
  const clock = new ManualClock(0)
  const woken: string[] = []
  const sleep = async (name: string, ms: number): Promise<void> => {
    await clock.sleep({ ms })
    woken.push(`${name} at ${clock.now()}`)
  }
  const all = [sleep('late', 300), sleep('early', 100), sleep('never', 900), sleep('twin', 100)]
  await clock.advance(500)
  expect(woken).toEqual(['early at 100', 'twin at 100', 'late at 300'])
  expect([clock.now(), clock.sleeping]).toEqual([500, 1])
  await clock.advance(400)
  await Promise.all(all)
  expect(woken.at(-1)).toBe('never at 900')
})

test('who sleeps again while time moves is woken again in the same move', async () => {
  const clock = new ManualClock(0)
  const seen: number[] = []
  const ticking = (async () => {
    for (let tick = 0; tick < 3; tick += 1) {
      await clock.sleep({ ms: 100 })
      seen.push(clock.now())
    }
  })()
  await clock.advance(1_000)
  await ticking
  expect(seen).toEqual([100, 200, 300])
})

test('a sleep ends at once when its signal is aborted, before or after it began', async () => {
  const clock = new ManualClock()
  const controller = new AbortController()
  const sleeping = clock.sleep({ ms: 1_000, signal: controller.signal })
  expect(clock.sleeping).toBe(1)
  controller.abort()
  await sleeping
  await clock.sleep({ ms: 1_000, signal: controller.signal })
  expect([clock.now(), clock.sleeping]).toEqual([MANUAL_START, 0])
})

test('sleeping for no time does not wait', async () => {
  const clock = new ManualClock()
  await clock.sleep({ ms: 0 })
  await clock.sleep({ ms: -5 })
  expect(clock.sleeping).toBe(0)
})
