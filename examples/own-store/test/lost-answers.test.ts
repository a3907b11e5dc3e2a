import { aLook, violationsOf } from '@halfrate/conformance'
import { type RequestId, StoreUnavailableError } from '@halfrate/core'
import { expect, test, vi } from 'vitest'
import { openRedisStore } from '../src/index.js'
import { COMMIT } from '../src/scripts/commit.js'
import { CuttingProxy } from './support/cutting-proxy.js'
import { describeWithServer } from './support/describe-with-server.js'
import { fenceOf, idOf, put, sealed } from './support/steps.js'

describeWithServer('answers that are lost', (server) => {
  test('a page that was stored, and whose answer was lost, is the same when it comes again', async () => {
    const proxy = await CuttingProxy.before(Number(new URL(server().url).port))
    const store = await openRedisStore({ url: proxy.url, namespace: 'lost-page' })
    await put(store, ['before'])
    proxy.loseAnswerTo(COMMIT.sha)
    await expect(put(store, ['a', 'b'])).rejects.toBeInstanceOf(StoreUnavailableError)
    const again = await vi.waitFor(() => put(store, ['a', 'b']), { timeout: 30_000 })
    expect(again.map(({ type }) => type)).toEqual(['same', 'same'])
    expect(await violationsOf(store)).toEqual([])
    await store.shutdown()
    await proxy.close()
  })

  test('a send whose begin was stored, and whose answer was lost, does not begin again', async () => {
    const proxy = await CuttingProxy.before(Number(new URL(server().url).port))
    const store = await openRedisStore({ url: proxy.url, namespace: 'lost-send' })
    await put(store, ['a'])
    const { id: submissionId } = await sealed(store, [(await idOf(store, 'a')) as RequestId])
    const fence = await fenceOf(store, 'submissions')
    const begin = { fence, submissionId, look: aLook(), sendMs: 60_000 }
    proxy.loseAnswerTo(COMMIT.sha)
    await expect(store.beginSend(begin)).rejects.toBeInstanceOf(StoreUnavailableError)
    const again = await vi.waitFor(() => store.beginSend(begin), { timeout: 30_000 })
    expect(again).toEqual({ type: 'refused', reason: 'state', until: null })
    await store.shutdown()
    await proxy.close()
  })
})
