import { readFileSync } from 'node:fs'
import { freshStore } from '../engine-parts.js'
import { requestsFile } from '../payload.js'
import { linesOf, RawTable } from '../raw-table.js'
import { takeIn } from '../take-in.js'

const COUNT = 100_000
const BYTES = 2_000

/** From a file to a committed job. */
export async function intakeOurs(): Promise<number> {
  const path = await requestsFile(COUNT, BYTES)
  const store = await freshStore('t1-ours')
  const startedAt = performance.now()
  await takeIn(store, path)
  const ms = performance.now() - startedAt
  await store.shutdown()
  return ms
}

/** From a file to one plain table. */
export async function intakeBaseline(): Promise<number> {
  const path = await requestsFile(COUNT, BYTES)
  const table = new RawTable('t1-baseline')
  const startedAt = performance.now()
  let index = 0
  for (const line of linesOf(readFileSync(path))) {
    table.add(`row-${index}`, line)
    index += 1
  }
  table.end()
  return performance.now() - startedAt
}
