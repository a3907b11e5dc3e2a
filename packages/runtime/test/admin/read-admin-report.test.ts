import type { ProviderError } from '@halfrate/core'
import type { AdminReportPage, AdminReportQuery } from '@halfrate/transport-http'
import { expect, test } from 'vitest'
import { type AdminReading, readAdminReport } from '../../src/index.js'

const READING: AdminReading = {
  ...{ report: 'cost', from: 0, to: null, groupBy: [], bucketWidth: '1d' },
}

function failure(status: number | null, retryAfterMs: number | null = null): AdminReportPage {
  const error: ProviderError = {
    ...{ status, type: null, code: null, message: `${status}`, requestId: null, retryAfterMs },
  }
  return { type: 'failed', error }
}

function page(name: string, nextPage: string | null): AdminReportPage {
  return { type: 'page', json: { name }, nextPage, serverAt: 5 }
}

async function read(answers: readonly AdminReportPage[]) {
  const left = [...answers]
  const asked: (string | null)[] = []
  const api = {
    report: async (query: AdminReportQuery) => {
      asked.push(query.page)
      return left.shift() ?? failure(404)
    },
  }
  const pages = readAdminReport(api, READING)
  const names: unknown[] = []
  for (;;) {
    const next = await pages.next()
    if (next.done === true) return { names, asked, end: next.value }
    names.push(next.value.name)
  }
}

test('pages are read to the last', async () => {
  const { names, asked, end } = await read([page('a', 'p2'), page('b', null)])
  expect([names, asked]).toEqual([
    ['a', 'b'],
    [null, 'p2'],
  ])
  expect(end).toEqual({ type: 'whole', serverAt: 5 })
})

test('a passing failure is asked again on the same page', async () => {
  const { names, asked, end } = await read([page('a', 'p2'), failure(529), page('b', null)])
  expect([names, asked, end.type]).toEqual([['a', 'b'], [null, 'p2', 'p2'], 'whole'])
})

test('what will not pass ends it at once, and so does a page that is named twice', async () => {
  for (const answer of [failure(401), failure(400), failure(200), failure(429, 3_600_000)]) {
    const { asked, end } = await read([answer, page('a', null)])
    expect([asked, end]).toEqual([[null], answer])
  }
  const round = await read([page('a', 'p2'), page('b', 'p2'), page('c', 'p2')])
  expect(round.end).toMatchObject({
    type: 'failed',
    error: { message: expect.stringContaining('p2 twice') },
  })
})
