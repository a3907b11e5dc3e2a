import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { Draw } from '../../src/chance/draw.js'
import { simClock } from '../../src/process/sim-clock.js'
import { SimProcess } from '../../src/process/sim-process.js'
import { Scheduler } from '../../src/time/scheduler.js'

const FREE = { isOver: () => false, until: 1_000_000, maxEvents: 1_000 }

test('a nap that is over leaves nothing at the signal that could have ended it', async () => {
  const scheduler = new Scheduler(0, new Draw(1, 'order'))
  const process = new SimProcess('p', scheduler, () => undefined)
  const clock = simClock({ process, scheduler, skewMs: 0, onSpin: () => undefined })
  const { signal } = new AbortController()
  const naps = Array.from({ length: 20 }, (_, ms) => clock.sleep({ ms: ms + 1, signal }))
  expect(getEventListeners(signal, 'abort')).toHaveLength(20)
  await scheduler.run(FREE)
  await Promise.all(naps)
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('a nap whose signal comes ends then, and again changes nothing', async () => {
  const scheduler = new Scheduler(0, new Draw(1, 'order'))
  const process = new SimProcess('p', scheduler, () => undefined)
  const clock = simClock({ process, scheduler, skewMs: 0, onSpin: () => undefined })
  const stop = new AbortController()
  const woken = clock.sleep({ ms: 500, signal: stop.signal }).then(() => scheduler.now)
  scheduler.after(7, () => stop.abort())
  await scheduler.run(FREE)
  expect(await woken).toBe(7)
})
