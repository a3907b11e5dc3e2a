import { once } from 'node:events'
import { closeSync, createWriteStream, fsyncSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import Anthropic from '@anthropic-ai/sdk'
import type { Store } from '@halfrate/core'
import { createHttpTransport } from '@halfrate/transport-http'
import { engineOn, freshStore, runUntilDone } from '../engine-parts.js'
import { benchFolder, requestsFile, resultsFile, shuffled } from '../payload.js'
import { freshPostgresStore } from '../postgres.js'
import { linesFor, prepareBatch } from '../prepared-batch.js'
import { withServer } from '../with-server.js'

const COUNT = 100_000
const RESULT_BYTES = 1_270

/** The engine and the HTTP transport, into SQLite. */
export async function httpCollectOurs(): Promise<number> {
  return await httpCollectInto(await freshStore('t5-ours'))
}

/** The engine and the HTTP transport, into PostgreSQL. */
export async function httpCollectPostgres(): Promise<number> {
  return await httpCollectInto(await freshPostgresStore('bench_t5'))
}

async function httpCollectInto(store: Store): Promise<number> {
  const { customIds } = await prepareBatch(store, await requestsFile(COUNT, 400), COUNT)
  const path = join(benchFolder(), 't5-ours.jsonl')
  const newline = Buffer.from('\n')
  const lines = shuffled(linesFor(customIds, RESULT_BYTES))
  writeFileSync(path, Buffer.concat(lines.flatMap((line) => [line, newline])))
  const ms = await withServer(path, COUNT, async (baseUrl) => {
    const transport = createHttpTransport({
      accounts: () => ({ baseUrl, apiKey: 'bench' }),
      now: () => Date.now(),
    })
    const startedAt = performance.now()
    await runUntilDone(engineOn(store, transport), store)
    return performance.now() - startedAt
  })
  await store.shutdown()
  return ms
}

/** The loop of the SDK's own documentation, into a file. */
export async function httpCollectBaseline(): Promise<number> {
  const path = await resultsFile(COUNT, RESULT_BYTES)
  return await withServer(path, COUNT, async (baseURL) => {
    const client = new Anthropic({ apiKey: 'bench', baseURL })
    const target = join(benchFolder(), 't5-baseline.jsonl')
    const out = createWriteStream(target)
    const startedAt = performance.now()
    for await (const line of await client.messages.batches.results(
      'msgbatch_01benchbenchbenchbench01',
    )) {
      if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain')
    }
    out.end()
    await finished(out)
    const file = openSync(target, 'r+')
    fsyncSync(file)
    closeSync(file)
    return performance.now() - startedAt
  })
}
