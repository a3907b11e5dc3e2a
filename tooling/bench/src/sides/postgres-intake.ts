import { readFileSync } from 'node:fs'
import { InvariantError } from '@halfrate/core'
import { Queue } from 'bullmq'
import { makeWorkerUtils } from 'graphile-worker'
import { PgBoss } from 'pg-boss'
import { requestsFile } from '../payload.js'
import { dropSchema, freshPostgresStore, postgresUrl } from '../postgres.js'
import { linesOf } from '../raw-table.js'
import { redisPort } from '../redis.js'
import { takeIn } from '../take-in.js'

const COUNT = 100_000
const BYTES = 2_000
// The largest that all of the peers take without complaint; larger ones are no faster for any of them.
const JOBS_PER_CALL = 5_000

/** From a file to a committed job. */
export async function postgresIntakeOurs(): Promise<number> {
  const path = await requestsFile(COUNT, BYTES)
  const store = await freshPostgresStore('bench_t2')
  const startedAt = performance.now()
  await takeIn(store, path)
  const ms = performance.now() - startedAt
  await store.shutdown()
  return ms
}

/** From a file to jobs of pg-boss, by its `insert`. */
export async function pgBossIntake(): Promise<number> {
  const schema = 'bench_pgboss'
  await dropSchema(schema)
  const boss = new PgBoss({ connectionString: postgresUrl(), schema, supervise: false })
  await boss.start()
  await boss.createQueue('bench')
  const ms = await timed((jobs) =>
    boss.insert(
      'bench',
      jobs.map((data) => ({ data })),
    ),
  )
  await boss.stop({ graceful: false })
  return ms
}

/** From a file to jobs of graphile-worker, by its `addJobs`. */
export async function graphileIntake(): Promise<number> {
  const schema = 'bench_graphile'
  await dropSchema(schema)
  const utils = await makeWorkerUtils({ connectionString: postgresUrl(), schema })
  await utils.migrate()
  const ms = await timed((jobs) =>
    utils.addJobs(jobs.map((payload) => ({ identifier: 'bench', payload }))),
  )
  await utils.release()
  return ms
}

/** From a file to jobs of BullMQ, by its `addBulk`. */
export async function bullmqIntake(): Promise<number> {
  const queue = new Queue('bench', { connection: { host: '127.0.0.1', port: redisPort() } })
  await queue.obliterate({ force: true })
  const ms = await timed((jobs) => queue.addBulk(jobs.map((data) => ({ name: 'bench', data }))))
  await queue.close()
  return ms
}

async function timed(add: (jobs: readonly object[]) => Promise<unknown>): Promise<number> {
  const path = await requestsFile(COUNT, BYTES)
  const startedAt = performance.now()
  let jobs: object[] = []
  let added = 0
  const flush = async (): Promise<void> => {
    await add(jobs)
    added += jobs.length
    jobs = []
  }
  for (const line of linesOf(readFileSync(path))) {
    jobs.push(JSON.parse(line.toString('utf8')) as object)
    if (jobs.length === JOBS_PER_CALL) await flush()
  }
  if (jobs.length > 0) await flush()
  const ms = performance.now() - startedAt
  if (added !== COUNT) throw new InvariantError(`${added} of ${COUNT} jobs were added`)
  return ms
}
