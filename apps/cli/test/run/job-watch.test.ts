import { DEFAULT_PROJECT } from '@halfrate/core'
import { startEmulator } from '@halfrate/emulator'
import { openHalfrate } from '@halfrate/runtime'
import { expect, test } from 'vitest'
import { JobWatch } from '../../src/run/job-watch.js'
import { ReleasedRows } from '../../src/run/released-rows.js'
import { isSent } from '../../src/screen/job-figures.js'

const ROWS = ['a', 'b'].map((key) => ({
  key,
  params: {
    model: 'claude-haiku-4-5',
    max_tokens: 50,
    messages: [{ role: 'user', content: 'Say it.' }],
  },
}))
const AT_ONCE = { count: 1, bytes: 1, ageMs: 0 }

test('a look that counts rows at Claude has their batch, though it was sent in the middle of that look', async () => {
  await using claude = await startEmulator({ seed: 7 })
  await using half = await openHalfrate({ store: ':memory:', emulator: claude })
  half.queue('run', { flush: AT_ONCE })
  await half.run('claims', ROWS, { start: false })
  const job = await half.store.findJob({ project: DEFAULT_PROJECT, name: 'claims' })
  if (job === null) return expect.unreachable('the job was taken in')
  let reads = 0
  const store = new Proxy(half.store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      if (name !== 'report' && name !== 'submissionsOf') return member.bind(target)
      return async (...params: readonly unknown[]) => {
        const answer: unknown = await Reflect.apply(member, target, params)
        reads += 1
        if (reads === 1) await half.tick({ maxMs: 60_000 })
        return answer
      }
    },
  })
  const released = new ReleasedRows()
  const watch = new JobWatch({ half: { ...half, store }, job, released, storeFlag: '' })
  for (const looks of [1, 2]) {
    const { report, batches } = await watch.look()
    expect([looks, isSent(report.counts), batches.length]).toEqual([looks, looks === 2, 1])
  }
})
