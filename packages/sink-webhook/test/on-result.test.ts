import { startEmulator } from '@halfrate/emulator'
import { openHalfrate } from '@halfrate/runtime'
import { expect, test } from 'vitest'
import { newWebhookSecret, openWebhook, verifyWebhook } from '../src/index.js'
import { startReceiver } from './receiver.js'

const messages = [{ role: 'user', content: 'Is it on fire?' }]
const params = { model: 'claude-haiku-4-5', max_tokens: 500, messages }
const MAX_MS = 30_000

test('a result that a receiver did not take comes again until it does, under the same id', async () => {
  await using receiver = await startReceiver((response, count) =>
    response.writeHead(count === 1 ? 503 : 200).end(),
  )
  const secret = newWebhookSecret()
  await using claude = await startEmulator({ seed: 7 })
  await using half = await openHalfrate({ store: ':memory:', emulator: claude })
  const queue = half.queue('claims', { flush: { count: 1, bytes: 1, ageMs: 0 } })
  const hook = openWebhook({ url: receiver.url, secrets: [secret], isInternal: true })
  const failures: unknown[] = []
  queue.onResult(
    async ({ id, key, status }) =>
      await hook.deliver({ id: `result_${id}`, type: 'request.done', data: { key, status } }),
    { onError: (error) => void failures.push(error) },
  )
  await queue.enqueue({ key: 'claim-1', params })
  while (receiver.received.length < 2) {
    await half.tick({ maxMs: MAX_MS })
    await claude.clock.advance('1h')
  }
  const ids = receiver.received.map(({ headers, body }) => [
    headers['webhook-id'],
    JSON.parse(body).data.key,
    verifyWebhook({ headers, body }, [secret]).type,
  ])
  expect(new Set(ids.map(String)).size).toBe(1)
  expect(ids[0]?.slice(1)).toEqual(['claim-1', 'good'])
  expect(failures).toHaveLength(1)
})
