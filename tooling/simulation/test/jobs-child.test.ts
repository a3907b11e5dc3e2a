import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { Job } from '../src/jobs/job.js'

const CHILD = fileURLToPath(new URL('../dist/jobs/child.js', import.meta.url))

it('a process that does jobs ends with the one that forked it, in the middle of a job', async () => {
  const child = fork(CHILD)
  const exited = once(child, 'exit')
  const job: Job = {
    type: 'seeds',
    storeKind: 'memory',
    from: 1,
    count: 1_000_000,
    plant: null,
    without: [],
  }
  child.send(job)
  child.disconnect()
  const [code, signal] = await exited
  expect([code, signal]).toEqual([1, null])
})
