import Anthropic from '@anthropic-ai/sdk'
import { startEmulator } from '@halfrate/emulator'
import { expect, test } from 'vitest'
import { about, type CallRecord, instrument, withFeature } from '../src/index.js'
import { PARAMS } from './arrange.js'

/** What a client hands to the network. */
interface Sent {
  readonly url: string
  readonly method: string | undefined
  readonly headers: readonly (readonly [string, string])[]
  readonly body: unknown
}

test('the bytes of a marked call are those of a bare client', async () => {
  await using claude = await startEmulator({ seed: 7 })
  const sent: Sent[] = []
  const fetch: typeof globalThis.fetch = (input, init) => {
    const headers = [...new Headers(init?.headers)]
    sent.push({ url: String(input), method: init?.method, headers, body: init?.body })
    return globalThis.fetch(input, init)
  }
  const calls: CallRecord[] = []
  const bare = new Anthropic({ apiKey: 'any', baseURL: claude.url, fetch })
  const client = instrument(bare, {
    ...{ queue: 'triage', labels: { team: 'claims' }, awaited: false },
    sink: (call) => calls.push(call),
  })
  const params = { ...PARAMS, metadata: { user_id: 'u1' } }
  const options = { headers: { 'x-mine': '1' }, timeout: 9_000 }

  await bare.messages.create(params, options)
  await withFeature('letters', () =>
    client.messages.create(params, about({ labels: { customer: '42' } }, options)),
  )
  await bare.beta.messages.create({ ...params, betas: ['x-2026-01-01'] })
  await client.beta.messages.create(
    { ...params, betas: ['x-2026-01-01'] },
    about({ labels: { customer: '43' } }),
  )
  await bare.messages
    .stream(params)
    .done()
    .catch(() => undefined)
  const streamed = client.messages.stream(params, about({ feature: 'streamed' }))
  await streamed.done().catch(() => undefined)
  expect(sent).toHaveLength(6)
  expect(sent[1]).toEqual(sent[0])
  expect(sent[3]).toEqual(sent[2])
  expect(sent[5]).toEqual(sent[4])
  expect(calls).toMatchObject([
    { feature: 'letters', labels: { team: 'claims', customer: '42' }, awaited: false },
    { feature: 'triage', labels: { team: 'claims', customer: '43' } },
    { feature: 'streamed', streamed: true, outcome: 'errored' },
  ])
})

test('options with marks are harmless to a client that records nothing', async () => {
  await using claude = await startEmulator({ seed: 7 })
  const bare = new Anthropic({ apiKey: 'any', baseURL: claude.url })
  const message = await bare.messages.create(PARAMS, about({ feature: 'triage' }))
  expect(message.type).toBe('message')
})
