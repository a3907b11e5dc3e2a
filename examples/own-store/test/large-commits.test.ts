import { anIntakeRow, violationsOf } from '@halfrate/conformance'
import type { Job } from '@halfrate/core'
import { expect, test } from 'vitest'
import { openRedisStore } from '../src/index.js'
import { Keys } from '../src/keys.js'
import { requestPage } from '../src/reading/scope.js'
import { Connection } from '../src/redis/connection.js'
import { COMMIT } from '../src/scripts/commit.js'
import { Session } from '../src/session.js'
import { CuttingProxy } from './support/cutting-proxy.js'
import { describeWithServer } from './support/describe-with-server.js'
import { OURS } from './support/steps.js'

const PAGES = 3
const PAGE = 100
const NAMESPACE = 'large-commit'

describeWithServer('a part of several pages', (server) => {
  test('is seen whole by a step that began before its commit, though the committer is gone', async () => {
    const { url } = server()
    const proxy = await CuttingProxy.before(Number(new URL(url).port))
    const store = await openRedisStore({ url: proxy.url, namespace: NAMESPACE, pageLimit: PAGE })
    const job = await filledJob(store)
    const connection = await Connection.open({
      ...{ url, connectTimeoutMs: 10_000, answerTimeoutMs: 10_000 },
      check: async () => undefined,
    })
    const session = new Session({
      ...{ connection, keys: new Keys(NAMESPACE), pageLimit: PAGE, now: null },
    })
    let looks = 0
    const seen = await session.step(async (step) => {
      looks += 1
      if (looks === 1) {
        proxy.loseAnswerTo(COMMIT.sha)
        const { id, openPart: part, fill } = job
        const rows = PAGES * PAGE
        const commit = { id, part, fill, newRows: rows, rowCount: rows, sourceDigest: null }
        await expect(store.commitJob(commit)).rejects.toThrow('Redis')
      }
      const scope = { project: OURS.project, jobId: job.id }
      const options = { states: null, after: 0, older: false, limit: 2 * PAGES * PAGE }
      return (await requestPage(step, scope, options)).rows.length
    })
    expect({ seen, looks }).toEqual({ seen: PAGES * PAGE, looks: 2 })
    await connection.close()
    await store.shutdown()
    await proxy.close()
    const again = await openRedisStore({ url, namespace: NAMESPACE })
    expect(await violationsOf(again)).toEqual([])
    await again.shutdown()
  })
})

async function filledJob(store: Awaited<ReturnType<typeof openRedisStore>>): Promise<Job> {
  const { project, account, queue } = OURS
  const job = await store.openJob({ project, queue, name: 'june' })
  const { id, openPart: part, fill } = job
  for (let page = 0; page < PAGES; page += 1) {
    const rows = Array.from({ length: PAGE }, (_, index) => {
      const row = page * PAGE + index + 1
      return anIntakeRow({ key: `row ${row}`, row })
    })
    await store.putRequests({
      ...{ project, account, queue, job: { id, part, fill }, onConflict: 'report', rows },
    })
  }
  return job
}
