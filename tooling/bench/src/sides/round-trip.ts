import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Anthropic from '@anthropic-ai/sdk'
import { createHttpTransport } from '@halfrate/transport-http'
import { engineOn, freshStore, runUntilDone, sendAtOnce } from '../engine-parts.js'
import { exportTo } from '../export-job.js'
import { benchFolder, requestsFile } from '../payload.js'
import { takeIn } from '../take-in.js'
import { withEmulator } from '../with-server.js'

const COUNT = 10_000
const BYTES = 1_000

type BatchRequest = Anthropic.Messages.BatchCreateParams.Request

/** File to file through intake, SQLite, engine and export. */
export async function roundTripOurs(): Promise<number> {
  const path = await requestsFile(COUNT, BYTES)
  const store = await freshStore('t11-ours')
  await sendAtOnce(store)
  return await withEmulator(async (baseUrl) => {
    const transport = createHttpTransport({
      accounts: () => ({ baseUrl, apiKey: 'bench' }),
      now: () => Date.now(),
    })
    const startedAt = performance.now()
    await takeIn(store, path)
    await runUntilDone(engineOn(store, transport), store)
    await exportTo(store, join(benchFolder(), 't11-ours.jsonl'))
    const ms = performance.now() - startedAt
    await store.shutdown()
    return ms
  })
}

/** A script with the SDK: everything in memory, nothing survives a crash. */
export async function roundTripBaseline(): Promise<number> {
  const path = await requestsFile(COUNT, BYTES)
  return await withEmulator(async (baseUrl) => {
    const client = new Anthropic({ apiKey: 'bench', baseURL: baseUrl })
    const startedAt = performance.now()
    const requests = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as BatchRequest)
    const batch = await client.messages.batches.create({ requests })
    while ((await client.messages.batches.retrieve(batch.id)).processing_status !== 'ended') {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    const lines = new Map<string, string>()
    for await (const line of await client.messages.batches.results(batch.id)) {
      lines.set(line.custom_id, JSON.stringify(line))
    }
    const ordered = requests.map((request) => lines.get(request.custom_id) ?? '')
    writeFileSync(join(benchFolder(), 't11-baseline.jsonl'), `${ordered.join('\n')}\n`)
    return performance.now() - startedAt
  })
}
