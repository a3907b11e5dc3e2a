import { anIntakeRow } from '@halfrate/conformance'
import type { AccountId, ProjectId, QueueName } from '@halfrate/core'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../src/index.js'

test('a part with large files is discarded in steps that others can write between', async () => {
  const store = await openSqliteStore({ path: ':memory:' })
  const project = 'acme' as ProjectId
  const queue = 'nightly' as QueueName
  const job = await store.openJob({ project, queue, name: 'scans' })
  const { id, openPart: part, fill } = job
  const rows = ['a', 'b', 'c', 'd', 'e'].map((key, index) =>
    anIntakeRow({ key, row: index + 1, itemBytes: 30_000_000 }),
  )
  const account = 'main' as AccountId
  const filling = { id, part, fill }
  await store.putRequests({
    ...{ project, account, queue, rows, job: filling, onConflict: 'report' },
  })
  const lefts: number[] = []
  for (let next = filling; lefts.at(-1) !== 0; ) {
    const discarded = await store.discardPart(next)
    if (discarded.type !== 'discarded') throw new TypeError(discarded.type)
    lefts.push(discarded.left)
    next = { ...next, fill: discarded.fill }
  }
  expect(lefts).toEqual([3, 1, 0])
  await store.shutdown()
})
