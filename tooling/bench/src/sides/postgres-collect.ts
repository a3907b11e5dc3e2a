import { InvariantError } from '@halfrate/core'
import { makeWorkerUtils, runOnce } from 'graphile-worker'
import { resultLine } from '../payload.js'
import { dropSchema, freshPostgresStore, postgresUrl } from '../postgres.js'
import { collectInto } from './collect.js'

const COUNT = 100_000
const RESULT_BYTES = 1_270
const JOBS_PER_CALL = 5_000

/** The engine collects an ended batch whose lines stand in memory, into PostgreSQL. */
export async function postgresCollectOurs(): Promise<number> {
  return await collectInto(await freshPostgresStore('bench_t3'))
}

/** graphile-worker fetches and completes as many jobs, each as large as a result, and does nothing with them. */
export async function graphileComplete(): Promise<number> {
  const schema = 'bench_graphile'
  await dropSchema(schema)
  const connectionString = postgresUrl()
  const utils = await makeWorkerUtils({ connectionString, schema })
  await utils.migrate()
  for (let from = 0; from < COUNT; from += JOBS_PER_CALL) {
    const jobs = Array.from({ length: JOBS_PER_CALL }, (_, index) => ({
      identifier: 'bench',
      payload: JSON.parse(resultLine(`row-${from + index}`, from + index, RESULT_BYTES)) as object,
    }))
    await utils.addJobs(jobs)
  }
  await utils.release()
  let done = 0
  const startedAt = performance.now()
  await runOnce({
    schema,
    connectionString,
    noHandleSignals: true,
    taskList: {
      bench: () => {
        done += 1
      },
    },
    preset: {
      worker: {
        concurrentJobs: 24,
        maxPoolSize: 10,
        localQueue: { size: 1_000 },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  })
  const ms = performance.now() - startedAt
  if (done !== COUNT) throw new InvariantError(`${done} of ${COUNT} jobs were done`)
  return ms
}
