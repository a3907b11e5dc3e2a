import { expect, test } from 'vitest'
import { openHalfrate } from '../../src/index.js'
import { openAt, rowOf, rowsOf, startClaude } from '../jobs/open-jobs.js'

test('a program learns what its jobs, queues and labels cost, and the sums are those of the job', async () => {
  await using claude = await startClaude()
  await using half = await openAt(claude)
  const labelled = rowsOf(3).map((row, index) => ({
    ...row,
    labels: { feature: index === 0 ? 'chat' : 'search' },
  }))
  const job = await half.run('claims', labelled)
  const queue = half.queue('triage', { flush: { count: 1, bytes: 1_000_000, ageMs: 1_000 } })
  await queue.enqueueAll([rowOf('one', 'first')])
  await job.wait()
  const report = await job.report()
  const byJob = await half.costs({ by: ['job'] })
  const claims = byJob.lines.find(({ group }) => group[0] === 'claims')
  expect(claims).toMatchObject({ requests: 3, attempts: 3, succeeded: 3, unpriced: 0 })
  expect(claims?.paidUsd).toBe(report.paidUsd)
  expect(claims?.savedUsd).toBe(report.savedUsd)
  expect(claims?.savedPercent).toBe(50)
  const byLabel = await half.costs({ by: ['label:feature'], job: 'claims' })
  expect(byLabel.lines.map(({ group, requests }) => [group, requests])).toEqual(
    expect.arrayContaining([
      [['chat'], 1],
      [['search'], 2],
    ]),
  )
  expect(byLabel.total).toEqual((await half.costs({ by: ['batch'], job: 'claims' })).total)
  const later = await half.costs({ since: half.clock.now() })
  expect(later).toMatchObject({
    lines: [],
    other: null,
    total: { attempts: 0, savedPercent: null },
  })
})

test('what costs are asked for is checked', async () => {
  await using half = await openHalfrate({ store: ':memory:' })
  await expect(half.costs({ by: ['colour'] })).rejects.toThrow('got "colour"')
  await expect(half.costs({ by: [] })).rejects.toThrow('expected some of project, queue')
  await expect(half.costs({ timeZone: 'Mars' })).rejects.toThrow('got "Mars"')
  await expect(half.costs({ since: -1 })).rejects.toThrow('since in milliseconds')
  await expect(half.costs({ per: ['day'] } as never)).rejects.toThrow('no option "per"')
})
