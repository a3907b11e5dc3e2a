import { readFileSync } from 'node:fs'
import Anthropic from '@anthropic-ai/sdk'
import { InvariantError } from '@halfrate/core'
import { createHttpTransport } from '@halfrate/transport-http'
import { engineOn, freshStore, sameStore, sendAtOnce } from '../engine-parts.js'
import { OFFLINE } from '../offline-transport.js'
import { requestsFile } from '../payload.js'
import { takeIn } from '../take-in.js'
import { withServer } from '../with-server.js'

const COUNT = 100_000
const BYTES = 2_000

type BatchRequest = Anthropic.Messages.BatchCreateParams.Request

/** Fills the store that the next side sends from, in a process of its own so that its memory is not counted. */
export async function createPrepare(): Promise<number> {
  const store = await freshStore('t7-ours')
  await sendAtOnce(store)
  await takeIn(store, await requestsFile(COUNT, BYTES))
  // Plans and seals, and can't send.
  const engine = engineOn(store, OFFLINE)
  await engine.tick()
  await engine.stop({ graceMs: 0 })
  await store.shutdown()
  return 0
}

/** The engine sends what is sealed: look, intent, streamed body, evidence. */
export async function createOurs(): Promise<number> {
  const path = await requestsFile(COUNT, BYTES)
  const store = await sameStore('t7-ours')
  return await withServer(path, COUNT, async (baseUrl) => {
    const transport = createHttpTransport({
      accounts: () => ({ baseUrl, apiKey: 'bench' }),
      now: () => Date.now(),
    })
    let startedAt = 0
    let ms = 0
    const timed = {
      ...transport,
      snapshot: (params: Parameters<typeof transport.snapshot>[0]) => {
        startedAt = performance.now()
        return transport.snapshot(params)
      },
      list: transport.list.bind(transport),
      retrieve: transport.retrieve.bind(transport),
      cancel: transport.cancel.bind(transport),
      streamResults: transport.streamResults.bind(transport),
      createBatch: async (params: Parameters<typeof transport.createBatch>[0]) => {
        const result = await transport.createBatch(params)
        ms = performance.now() - startedAt
        if (result.type !== 'accepted') throw new InvariantError(`the create was ${result.type}`)
        return result
      },
    }
    const engine = engineOn(store, timed)
    while (ms === 0) await engine.tick()
    await store.shutdown()
    return ms
  })
}

/** The SDK with all requests as objects in memory. Only the call is timed. */
export async function createBaseline(): Promise<number> {
  const path = await requestsFile(COUNT, BYTES)
  const requests = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as BatchRequest)
  return await withServer(path, COUNT, async (baseURL) => {
    const client = new Anthropic({ apiKey: 'bench', baseURL })
    const startedAt = performance.now()
    await client.messages.batches.create({ requests })
    return performance.now() - startedAt
  })
}
