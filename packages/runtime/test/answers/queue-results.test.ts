import { startEmulator } from '@halfrate/emulator'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openHalfrate, type Result } from '../../src/index.js'
import { listOf, rowOf, rowsOf } from '../jobs/open-jobs.js'

const Urgency = z.object({ urgency: z.number().max(5) })

test("a program reads what a queue's requests were answered, by its schema, and nothing of its jobs", async () => {
  await using claude = await startEmulator({ seed: 7 })
  const answers = ['{"urgency":1}', '{"urgency":9}', '{"urgency":2}']
  claude.reply(() => answers.shift() ?? '{"urgency":5}')
  await using half = await openHalfrate({ store: ':memory:', emulator: claude })
  const flush = { count: 2, bytes: 1_000_000, ageMs: 3_600_000 }
  const triage = half.queue('triage', { flush, output: Urgency })
  await triage.enqueueAll([rowOf('one', 'first'), rowOf('two', 'second')])
  await half.run('a-job', rowsOf(1), { queue: triage })
  await claude.clock.advance('2h')
  await triage.enqueue(rowOf('three', 'waits'))
  const first = triage.results({ after: 'start' })
  expect((await listOf<Result>(first)).map(({ key, status, row }) => [key, status, row])).toEqual([
    ['one', 'succeeded', 0],
    ['two', 'failed', 0],
  ])
  expect([first.openCount, first.freshCount]).toEqual([1, 0])
  await claude.clock.advance('3h')
  const second = triage.results({ after: first.cursor ?? '' })
  const [only, ...more] = await listOf(second)
  expect(only?.status === 'succeeded' ? only.output.urgency : null).toBe(5)
  expect([only?.key, more, second.openCount]).toEqual(['three', [], 0])
  expect(await listOf(triage.results())).toHaveLength(3)
  expect(() => triage.results({ after: 'nonsense' })).toThrow('after: expected start')
})
