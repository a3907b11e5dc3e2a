import { startEmulator } from '@halfrate/emulator'
import {
  AdminApi,
  LIST_PRICES,
  type ProviderModel,
  type WireUsageItem,
} from '@halfrate/emulator/model'
import { describe, expect, test } from 'vitest'
import {
  ADMIN,
  costsOf,
  FROM,
  itemsOf,
  type Query,
  queryOf,
  succeeded,
  sumOf,
  usageOf,
} from './admin-arrange.js'
import { bodyOf, CALLER, DAY, errorOf, HOUR, MINUTE, modelWith, NOW, params } from './arrange.js'

describe('the reports of the Admin API', () => {
  test('hold batches from their end on, and messages at once, in the bucket of that instant', () => {
    const model = modelWith({ prices: LIST_PRICES })
    model.create({ now: NOW, items: [{ customId: 'a', params: params() }] })
    model.createMessage({ now: NOW, body: params() })
    const tiers = (now: number): readonly unknown[] =>
      usageOf(model, now, {
        bucket_width: '1m',
        starting_at: '2026-11-21T10:00:00Z',
        group_by: ['service_tier'],
      }).data.flatMap(({ starting_at, results }) =>
        results.map(({ service_tier }) => [starting_at, service_tier]),
      )

    expect(tiers(NOW)).toEqual([['2026-11-21T10:00:00Z', 'standard']])
    expect(tiers(NOW + 10 * MINUTE - 1)).toHaveLength(1)
    expect(tiers(NOW + 10 * MINUTE)).toEqual([
      ['2026-11-21T10:00:00Z', 'standard'],
      ['2026-11-21T10:10:00Z', 'batch'],
    ])
  })

  test('count strangers too, and nothing that did not succeed', () => {
    const model = modelWith({ prices: LIST_PRICES })
    model.fault('row', { outcome: 'errored', times: 1 })
    model.create({
      now: NOW,
      items: ['a', 'b'].map((customId) => ({ customId, params: params() })),
    })
    model.addForeignBatch({ now: NOW, count: 3, turnaroundMs: MINUTE })
    const rows = succeeded(model, NOW + HOUR)
    const [usage] = itemsOf(usageOf(model, NOW + HOUR, {}))

    expect(rows).toHaveLength(4)
    expect(usage?.output_tokens).toBe(
      rows.reduce((sum, row) => sum + (row.usage?.output_tokens ?? 0), 0),
    )
  })

  test('show every bucket of the span, the empty ones too, and end with that of now', () => {
    const model = modelWith()
    const shown = (query: Query): readonly string[] =>
      usageOf(model, NOW, query).data.map(({ starting_at }) => starting_at.slice(0, 13))

    expect(shown({ starting_at: '2026-11-19T23:59:59.5Z' })).toEqual([
      '2026-11-19T00',
      '2026-11-20T00',
      '2026-11-21T00',
    ])
    expect(
      shown({ starting_at: '2026-11-19T00:00:00Z', ending_at: '2026-11-21T00:00:00Z' }),
    ).toEqual(['2026-11-19T00', '2026-11-20T00'])
    expect(
      shown({ starting_at: '2026-11-19T00:00:00Z', ending_at: '2026-11-20T23:00:00Z' }),
    ).toEqual(['2026-11-19T00'])
    expect(shown({ starting_at: '2026-11-21T10:00:00+02:00', bucket_width: '1h' })).toEqual([
      '2026-11-21T08',
      '2026-11-21T09',
      '2026-11-21T10',
    ])
    expect(shown({ starting_at: '2026-12-01T00:00:00Z' })).toEqual([])
  })

  test('come by pages whose token is that of the next bucket', () => {
    const model = modelWith()
    const query = { starting_at: '2026-11-15T00:00:00Z', limit: '3' }
    const first = usageOf(model, NOW, query)
    const second = usageOf(model, NOW, { ...query, page: first.next_page ?? '' })
    const third = usageOf(model, NOW, { ...query, page: second.next_page ?? '' })

    expect([first.has_more, second.has_more, third.has_more]).toEqual([true, true, false])
    expect(atob((first.next_page ?? '').slice('page_'.length))).toBe('2026-11-18T00:00:00Z')
    expect(third.next_page).toBeNull()
    expect([...first.data, ...second.data, ...third.data]).toEqual(
      usageOf(model, NOW, { ...query, limit: '31' }).data,
    )
  })

  test.each<[string, Query, RegExp]>([
    ['no start', { starting_at: [] }, /^starting_at: Field required/],
    [
      'a start without a zone',
      { starting_at: '2026-11-01T00:00:00' },
      /^starting_at: Input should be a valid/,
    ],
    ['an end before its start', { ending_at: '2026-10-01T00:00:00Z' }, /^ending_at: must be after/],
    [
      'a width that there is not',
      { bucket_width: '1w' },
      /^bucket_width: Input should be '1m' or '1h' or '1d'/,
    ],
    ['too many buckets', { limit: '32' }, /^limit: .* from 1 to 31/],
    ['too many hours', { bucket_width: '1h', limit: '169' }, /^limit: .* from 1 to 168/],
    ['no number', { limit: 'x' }, /^limit: /],
    ['a group that there is not', { group_by: ['colour'] }, /^group_by: /],
    [
      'a tier that there is not',
      { service_tiers: ['cheap'] },
      /^service_tiers: Input should be 'standard' or /,
    ],
    [
      'a filter by keys',
      { api_key_ids: ['apikey_01'] },
      /^api_key_ids: the emulator can't filter by it/,
    ],
    ['a token of nobody', { page: 'page_x' }, /^page: Invalid page token/],
    [
      'a token of another width',
      { page: `page_${btoa('2026-11-02T01:00:00Z')}` },
      /^page: Invalid/,
    ],
  ])('refuse %s', (_, query, message) => {
    const asked = queryOf({ starting_at: FROM, ...query })
    const answer = new AdminApi(modelWith()).usageReport({ now: NOW, caller: ADMIN, query: asked })

    expect(errorOf(answer)).toMatchObject({ status: 400, type: 'invalid_request_error' })
    expect(errorOf(answer).message).toMatch(message)
  })

  test('of costs are by day alone', () => {
    const query = queryOf({ starting_at: FROM, bucket_width: '1h' })

    expect(
      errorOf(new AdminApi(modelWith()).costReport({ now: NOW, caller: ADMIN, query })).message,
    ).toBe("bucket_width: Input should be '1d'")
  })

  test('are for admin keys', () => {
    const query = queryOf({ starting_at: FROM })
    const of = (apiKey: string | null): object =>
      errorOf(
        new AdminApi(modelWith()).costReport({ now: NOW, caller: { ...CALLER, apiKey }, query }),
      )

    expect(of('sk-ant-api03-x')).toMatchObject({ status: 403, type: 'permission_error' })
    expect(of(null)).toMatchObject({ status: 401, type: 'authentication_error' })
  })
})

describe('a cost report', () => {
  test('grouped by description names what each amount is for', () => {
    const model = modelWith({ prices: LIST_PRICES, cacheHitRate: 1 })
    model.reply(() => ({
      content: [{ type: 'text', text: 'x' }],
      usage: { server_tool_use: { web_search_requests: 2 } },
    }))
    model.createMessage({ now: NOW, body: params({ model: 'claude-opus-5', inference_geo: 'us' }) })
    const rows = itemsOf(costsOf(model, NOW, { group_by: ['description', 'workspace_id'] }))

    expect(rows.map(({ token_type, cost_type }) => token_type ?? cost_type).toSorted()).toEqual([
      'output_tokens',
      'uncached_input_tokens',
      'web_search',
    ])
    expect(rows.find(({ token_type }) => token_type === 'output_tokens')).toMatchObject({
      currency: 'USD',
      workspace_id: null,
      description: 'claude-opus-5 Usage - Output Tokens, US',
      cost_type: 'tokens',
      model: 'claude-opus-5',
      service_tier: 'standard',
      context_window: '0-200k',
      inference_geo: 'us',
    })
    expect(rows.find(({ cost_type }) => cost_type === 'web_search')).toMatchObject({
      amount: '2.00',
      model: null,
    })
  })

  test('grouped by nothing is one amount a day', () => {
    const model = modelWith({ prices: LIST_PRICES })
    for (const now of [NOW, NOW + HOUR, NOW + DAY]) model.createMessage({ now, body: params() })
    const days = costsOf(model, NOW + DAY, { starting_at: '2026-11-21T00:00:00Z' }).data

    expect(days.map(({ results }) => results.length)).toEqual([1, 1])
    expect(days[0]?.results[0]).toMatchObject({ description: null, model: null, cost_type: null })
  })

  test('leaves out what has no price, and the usage report does not', () => {
    const model = modelWith({ prices: { ...LIST_PRICES, 'claude-opus-5': null } })
    model.createMessage({ now: NOW, body: params({ model: 'claude-opus-5' }) })

    expect(itemsOf(costsOf(model, NOW))).toEqual([])
    expect(itemsOf(usageOf(model, NOW, {}))).toHaveLength(1)
    expect(model.ledger.summary(NOW).unpriced).toBe(1)
  })
})

describe('over HTTP', () => {
  test('a program can compare its books with the reports', async () => {
    await using claude = await startEmulator({ seed: 3, clock: { origin: NOW, start: NOW } })
    const headers = { 'x-api-key': 'sk-ant-admin01-x', 'anthropic-version': '2023-06-01' }
    const get = async (path: string): Promise<{ status: number; body: never }> => {
      const answer = await fetch(`${claude.url}${path}`, { headers })
      return { status: answer.status, body: (await answer.json()) as never }
    }
    const post = { ...headers, 'x-api-key': 'any', 'content-type': 'application/json' }
    const requests = ['a', 'b'].map((custom_id) => ({ custom_id, params: params() }))
    await fetch(`${claude.url}/v1/messages/batches`, {
      method: 'POST',
      headers: post,
      body: JSON.stringify({ requests }),
    })
    await claude.clock.advance('2h')

    const costs = await get(
      `/v1/organizations/cost_report?starting_at=${FROM}&limit=31&group_by[]=description`,
    )
    expect(sumOf(costs.body)).toBe(claude.ledger.summary().nanoUsd)
    const usage = await get(
      `/v1/organizations/usage_report/messages?starting_at=${FROM}&limit=31&group_by[]=model`,
    )
    expect(itemsOf<WireUsageItem>(usage.body)).toMatchObject([
      { model: 'claude-haiku-4-5-20251001', service_tier: null },
    ])
    expect(
      (
        await fetch(`${claude.url}/v1/organizations/cost_report?starting_at=${FROM}`, {
          headers: post,
        })
      ).status,
    ).toBe(403)
    expect(
      (await fetch(`${claude.url}/v1/organizations/cost_report`, { method: 'POST', headers }))
        .status,
    ).toBe(405)
    const limits = await get('/v1/organizations/rate_limits')
    expect(limits.body).toMatchObject({ next_page: null })
    const { data } = limits.body as {
      data: readonly { group_type: string; limits: readonly object[] }[]
    }
    expect(data.find(({ group_type }) => group_type === 'batch')?.limits).toContainEqual({
      type: 'enqueued_batch_requests',
      value: 500_000,
    })
    const workspace = claude.model.defaultWorkspaceId
    expect(await get(`/v1/organizations/workspaces/${workspace}/rate_limits`)).toEqual({
      status: 200,
      body: { data: [], next_page: null },
    })
    expect((await get('/v1/organizations/workspaces/wrkspc_none/rate_limits')).status).toBe(404)
  })
})

describe('rate limits', () => {
  const limitsOf = (model: ProviderModel, query: Query = {}, version = '2026-10-21') =>
    new AdminApi(model).rateLimits({
      now: NOW,
      caller: { ...ADMIN, version },
      query: queryOf(query),
    })

  test('tell the queue that the emulator holds to, under a group with an id', () => {
    const { data } = bodyOf(limitsOf(modelWith({ maxQueuedRequests: 7 })))
    const batch = data.find(({ group }) => group?.type === 'batch')

    expect(batch).toMatchObject({
      type: 'rate_limit',
      models: null,
      group: { id: expect.stringMatching(/^rlg_01/) },
    })
    expect(batch).not.toHaveProperty('group_type')
    expect(batch?.limits).toContainEqual({ type: 'enqueued_batch_requests', value: 7 })
    expect(bodyOf(limitsOf(modelWith({ maxQueuedRequests: 7 })))).toEqual({ data, next_page: null })
  })

  test('can be asked for by a model, an alias too', () => {
    const { data } = bodyOf(limitsOf(modelWith(), { model: 'claude-haiku-4-5' }))

    expect(data.map(({ models }) => models)).toEqual([
      ['claude-haiku-4-5-20251001', 'claude-haiku-4-5'],
    ])
    expect(errorOf(limitsOf(modelWith(), { model: 'claude-nope' }))).toMatchObject({ status: 404 })
  })
})
