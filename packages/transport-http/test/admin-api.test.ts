import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startEmulator } from '@halfrate/emulator'
import { expect, onTestFinished, test } from 'vitest'
import { type AdminReportQuery, createAdminApi } from '../src/index.js'

const KEY = 'sk-ant-admin01-emulated'
const FROM = Date.parse('2026-11-01T00:00:00Z')
const QUERY: AdminReportQuery = {
  ...{ report: 'usage', from: FROM, to: null, groupBy: ['model', 'service_tier'] },
  ...{ bucketWidth: '1d', page: null },
}

async function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const seen: { url: string; key: unknown; bearer: unknown }[] = []
  const server = createServer((request, response) => {
    const { 'x-api-key': key, authorization: bearer } = request.headers
    seen.push({ url: request.url ?? '', key, bearer })
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { api: createAdminApi({ baseUrl, adminKey: KEY, now: () => 0 }), seen }
}

test('asks for a page with the key in its own header, and lists in brackets', async () => {
  const body = { data: [{ results: [] }], has_more: true, next_page: 'page_2' }
  const { api, seen } = await answering(200, body)
  const answer = await api.report({ ...QUERY, to: FROM + 86_400_000, page: 'page_1' })
  expect(answer).toMatchObject({ type: 'page', json: body, nextPage: 'page_2' })
  const [{ url, key, bearer } = { url: '', key: '', bearer: '' }] = seen
  expect([key, bearer]).toEqual([KEY, undefined])
  const { pathname, searchParams } = new URL(url, 'http://x')
  expect(pathname).toBe('/v1/organizations/usage_report/messages')
  expect(searchParams.getAll('group_by[]')).toEqual(['model', 'service_tier'])
  expect(Object.fromEntries(searchParams)).toMatchObject({
    ...{ starting_at: '2026-11-01T00:00:00Z', ending_at: '2026-11-02T00:00:00Z' },
    ...{ bucket_width: '1d', limit: '31', page: 'page_1' },
  })
})

test('what is refused, broken or no report is a value without the key in it', async () => {
  const limited = await answering(
    429,
    { type: 'error', error: { type: 'rate_limit_error', message: KEY } },
    { 'retry-after': '3' },
  )
  expect(await limited.api.report(QUERY)).toMatchObject({
    type: 'failed',
    error: { status: 429, type: 'rate_limit_error', retryAfterMs: 3_000, message: '[hidden]' },
  })
  for (const body of ['<html>', {}, { data: [], has_more: true, next_page: null }]) {
    const { api, seen } = await answering(200, body)
    const answer = await api.report(QUERY)
    expect(answer).toMatchObject({ type: 'failed', error: { status: 200 } })
    expect([JSON.stringify(answer).includes(KEY), seen.length]).toEqual([false, 1])
  }
})

test('another key is refused before anything is asked', () => {
  for (const adminKey of ['', 'sk-ant-api03-x', 'sk-ant-admin01-a b']) {
    const make = () => createAdminApi({ baseUrl: 'http://127.0.0.1:1', adminKey, now: () => 0 })
    expect(make).toThrow('expected a key that begins with sk-ant-admin')
  }
})

test('an emulator answers both reports', async () => {
  await using claude = await startEmulator({ seed: 7 })
  const api = createAdminApi({ baseUrl: claude.url, adminKey: KEY, now: () => claude.clock.now() })
  const from = claude.clock.now()
  for (const query of [
    { report: 'usage', groupBy: ['model', 'service_tier'], bucketWidth: '1h' },
    { report: 'cost', groupBy: ['description', 'workspace_id'], bucketWidth: '1d' },
  ] as const) {
    expect(await api.report({ ...QUERY, ...query, from })).toMatchObject({
      type: 'page',
      nextPage: null,
    })
  }
})

test('the length of the line is asked of the limits, and may be unknown', async () => {
  const groups = (type: string) => ({
    data: [
      { type: 'rate_limit', group: { type: 'token_count' }, limits: [{ type: 'x', value: 1 }] },
      { type: 'rate_limit', group: { type: 'batch' }, limits: [{ type, value: 200_000 }] },
    ],
  })
  const known = await answering(200, groups('enqueued_batch_requests'))
  expect(await known.api.lineLimit()).toEqual({ type: 'limit', enqueuedRequests: 200_000 })
  expect(known.seen).toMatchObject([{ url: '/v1/organizations/rate_limits', key: KEY }])
  const unknown = await answering(200, groups('requests_per_minute'))
  expect(await unknown.api.lineLimit()).toEqual({ type: 'limit', enqueuedRequests: null })
  for (const body of ['<html>', { data: [{}] }]) {
    const { api } = await answering(200, body)
    expect(await api.lineLimit()).toMatchObject({ type: 'failed', error: { status: 200 } })
  }
  const refused = await answering(403, {
    type: 'error',
    error: { type: 'permission_error', message: KEY },
  })
  expect(await refused.api.lineLimit()).toMatchObject({
    error: { status: 403, message: '[hidden]' },
  })
})

test('an emulator tells how long its line may be', async () => {
  await using claude = await startEmulator({ seed: 7, maxQueuedRequests: 1_234 })
  const api = createAdminApi({ baseUrl: claude.url, adminKey: KEY, now: () => 0 })
  expect(await api.lineLimit()).toEqual({ type: 'limit', enqueuedRequests: 1_234 })
})
