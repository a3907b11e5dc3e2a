import { DAY_MS, HOUR_MS } from '@halfrate/core'
import { expect, test } from 'vitest'
import { EngineBench } from './engine-bench.js'

const STEP_HOURS = 6

test('results that nobody can collect are told of at 7 and 20 days, once, whoever works by then', async () => {
  const made = new EngineBench()
  await made.setPolicy()
  await made.enqueue('a', 'b')
  await made.pass(1)
  const createdAt = made.batches[0]?.createdAt ?? 0
  made.endBatches()
  made.refuseReads = { status: 401, type: 'authentication_error', message: 'invalid x-api-key' }
  for (let hours = 0; hours < 24 * 25; hours += STEP_HOURS) {
    if (hours % 24 === 0) made.restart()
    await made.clock.advance(STEP_HOURS * HOUR_MS)
    await made.work()
  }
  const told = made.eventsOf('alarm').filter(({ code }) => code.startsWith('results_'))
  const ages = told.map(({ code, at }) => `${code} ${Math.floor((at - createdAt) / DAY_MS)}`)
  expect(ages).toEqual(['results_waiting 7', 'results_waiting 20', 'results_expiring 25'])
  expect(told.map(({ message }) => message).slice(0, 2)).toEqual([
    'Results of batch msgbatch_1 are not collected after 7 days; the provider drops them in 22 days.',
    'Results of batch msgbatch_1 are not collected after 20 days; the provider drops them in 9 days.',
  ])
})
