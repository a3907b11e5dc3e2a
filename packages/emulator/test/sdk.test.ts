import Anthropic from '@anthropic-ai/sdk'
import { type Emulator, startEmulator } from '@halfrate/emulator'
import { describe, expect, test } from 'vitest'

const PARAMS = {
  model: 'claude-haiku-4-5',
  max_tokens: 256,
  messages: [{ role: 'user' as const, content: '# Claim 8812\n\nThe roof leaks.' }],
}
const REQUESTS = ['a', 'b', 'c'].map((custom_id) => ({ custom_id, params: PARAMS }))

// The official SDK as it comes: no option but key and address.
function clientOf(claude: Emulator): Anthropic {
  return new Anthropic({ apiKey: 'sk-ant-any', baseURL: claude.url })
}

describe('the official SDK under its defaults', () => {
  test('takes a batch from create to its results', async () => {
    await using claude = await startEmulator({ seed: 7 })
    const { batches } = clientOf(claude).messages
    const created = await batches.create({ requests: REQUESTS })
    expect(created.processing_status).toBe('in_progress')
    expect(created._request_id).toMatch(/^req_01/)

    await claude.clock.advance('1h')
    const ended = await batches.retrieve(created.id)
    expect(ended).toMatchObject({ processing_status: 'ended', request_counts: { succeeded: 3 } })
    expect(ended.results_url).toBe(`${claude.url}/v1/messages/batches/${created.id}/results`)

    const ids: string[] = []
    for await (const row of await batches.results(created.id)) {
      ids.push(row.custom_id)
      expect(row.result).toMatchObject({ type: 'succeeded', message: { stop_reason: 'end_turn' } })
    }
    expect(ids.sort()).toEqual(['a', 'b', 'c'])
    expect(claude.ledger.billed()).toHaveLength(3)
  })

  test('says that results are not there yet', async () => {
    await using claude = await startEmulator()
    const { batches } = clientOf(claude).messages
    const { id } = await batches.create({ requests: REQUESTS })
    await expect(batches.results(id)).rejects.toThrow('No batch `results_url`')
  })

  test('pages through the list', async () => {
    await using claude = await startEmulator()
    const { batches } = clientOf(claude).messages
    const made: string[] = []
    for (let count = 0; count < 5; count++) {
      made.unshift((await batches.create({ requests: REQUESTS })).id)
      await claude.clock.advance('1s')
    }
    const listed: string[] = []
    for await (const batch of batches.list({ limit: 2 })) listed.push(batch.id)
    expect(listed).toEqual(made)
    const backwards: string[] = []
    for await (const batch of batches.list({ limit: 2, before_id: made.at(-1) ?? '' })) {
      backwards.push(batch.id)
    }
    expect(backwards.sort()).toEqual(made.slice(0, -1).sort())
  })

  test('cancels and deletes', async () => {
    await using claude = await startEmulator()
    const { batches } = clientOf(claude).messages
    const { id } = await batches.create({ requests: REQUESTS })
    await expect(batches.delete(id)).rejects.toThrow(Anthropic.BadRequestError)
    expect((await batches.cancel(id)).processing_status).toBe('canceling')
    await claude.clock.advance('1m')
    expect((await batches.retrieve(id)).request_counts.canceled).toBe(3)
    expect(await batches.delete(id)).toMatchObject({ id, type: 'message_batch_deleted' })
    await expect(batches.retrieve(id)).rejects.toThrow(Anthropic.NotFoundError)
  })

  test('works through the beta surface too', async () => {
    await using claude = await startEmulator()
    const { batches } = clientOf(claude).beta.messages
    const { id } = await batches.create({
      requests: REQUESTS,
      betas: ['message-batches-2024-09-24'],
    })
    await claude.clock.advance('1h')
    expect((await batches.retrieve(id)).processing_status).toBe('ended')
  })

  test('sends messages and counts tokens', async () => {
    await using claude = await startEmulator()
    const { messages, models } = clientOf(claude)
    const { max_tokens: _, ...prompt } = PARAMS
    const { input_tokens } = await messages.countTokens(prompt)
    const message = await messages.create(PARAMS)
    expect(message.usage).toMatchObject({ input_tokens, service_tier: 'standard' })
    expect(claude.ledger.billed()).toMatchObject([{ route: 'realtime' }])
    const listed: string[] = []
    for await (const model of models.list()) listed.push(model.id)
    expect(listed).toContain('claude-haiku-4-5-20251001')
  })

  test('gets the errors that it has classes for', async () => {
    await using claude = await startEmulator({ workspaces: { good: 'wrkspc_1' } })
    await expect(clientOf(claude).messages.create(PARAMS)).rejects.toThrow(
      Anthropic.AuthenticationError,
    )
    const good = new Anthropic({ apiKey: 'good', baseURL: claude.url, maxRetries: 0 })
    claude.fault('create', { error: 'overloaded', times: 1 })
    claude.fault('create', { error: 'spend_cap', times: 1 })
    claude.fault('create', { error: 'too_large', times: 1 })
    const create = (): Promise<unknown> => good.messages.batches.create({ requests: REQUESTS })
    await expect(create()).rejects.toMatchObject({ status: 529, type: 'overloaded_error' })
    await expect(create()).rejects.toMatchObject({ errorCode: 'enforced_spend_limit_reached' })
    await expect(create()).rejects.toMatchObject({ status: 413 })
    expect(claude.ledger.accepted()).toEqual([])
  })
})

describe('what the SDK does to a create whose answer is lost', () => {
  test('three POSTs and three batches, all of them paid', async () => {
    await using claude = await startEmulator()
    claude.fault('create', { loseResponse: true })
    const created = clientOf(claude).messages.batches.create({ requests: REQUESTS })
    await expect(created).rejects.toThrow(Anthropic.APIConnectionError)
    await claude.clock.advance('1h')
    expect(claude.ledger.posts().map((post) => post.verdict)).toEqual(Array(3).fill('accepted'))
    expect(claude.ledger.accepted()).toHaveLength(3)
    expect(claude.ledger.billed()).toHaveLength(9)
  })

  test('one POST and one batch without its retries', async () => {
    await using claude = await startEmulator()
    claude.fault('create', { error: 'api_error', accepted: true })
    const client = new Anthropic({ apiKey: 'any', baseURL: claude.url, maxRetries: 0 })
    const created = client.messages.batches.create({ requests: REQUESTS })
    await expect(created).rejects.toThrow(Anthropic.InternalServerError)
    expect(claude.ledger.accepted()).toHaveLength(1)
  })

  test('a page of HTML passes for an answer', async () => {
    await using claude = await startEmulator()
    claude.fault('create', { error: 'html' })
    const created = await clientOf(claude).messages.batches.create({ requests: REQUESTS })
    expect(created).toEqual(expect.stringContaining('<!doctype html>'))
  })
})
