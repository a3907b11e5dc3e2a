import { type AccountId, ConfigError, type EpochMs, type ProviderError } from '@halfrate/core'
import { z } from 'zod'
import { type ApiAnswer, ApiClient, type ApiReply } from '../api-client.js'
import { linkAbort } from '../linked-abort.js'
import { settingsOf } from '../options.js'
import { errorOf, unreadable } from '../provider-error.js'
import { problemOf } from '../wire/reading.js'

/** What the Admin API is asked with. */
export interface AdminApiOptions {
  /** Origin, with or without a path, such as `https://api.anthropic.com`. */
  readonly baseUrl: string
  /** Begins with `sk-ant-admin`. It is in no message. */
  readonly adminKey: string
  /** Instant to use where an answer has no `date` header. */
  readonly now: () => EpochMs
  /** What carries every call. Default: the global one, looked up at the call. */
  readonly fetch?: typeof fetch | undefined
}

/** One page of a report to ask for. */
export interface AdminReportQuery {
  readonly report: 'usage' | 'cost'
  /** From the beginning of this instant's bucket on. */
  readonly from: EpochMs
  /** Until before this instant; null for up to now. */
  readonly to: EpochMs | null
  readonly groupBy: readonly string[]
  /** Of a usage report; one of costs has days alone. */
  readonly bucketWidth: '1h' | '1d'
  /** What the page before named; null for the first. */
  readonly page: string | null
  readonly signal?: AbortSignal | undefined
}

/** A page of a report as it came, or why there is none. */
export type AdminReportPage =
  | {
      readonly type: 'page'
      readonly json: Readonly<Record<string, unknown>>
      /** Null of the last page. */
      readonly nextPage: string | null
      readonly serverAt: EpochMs
    }
  | { readonly type: 'failed'; readonly error: ProviderError }

/** How many requests the organization may have in batches at once, or why that can't be had. */
export type LineLimit =
  /** Null: the provider names no such limit. */
  | { readonly type: 'limit'; readonly enqueuedRequests: number | null }
  | { readonly type: 'failed'; readonly error: ProviderError }

/** The part of the Admin API that tells what was used and billed, and what is allowed. Each method is one call, never repeated. */
export interface AdminApi {
  report(query: AdminReportQuery): Promise<AdminReportPage>
  lineLimit(signal?: AbortSignal): Promise<LineLimit>
}

// Source: reference of the two reports, August 2026 (fact sheet section 11).
const PATHS = {
  usage: '/v1/organizations/usage_report/messages',
  cost: '/v1/organizations/cost_report',
  limits: '/v1/organizations/rate_limits',
} as const
const MOST_BUCKETS = { '1h': 168, '1d': 31 } as const
const ADMIN = 'admin' as AccountId

const page = z
  .object({
    data: z.array(z.object({ results: z.array(z.looseObject({})) }).loose()),
    has_more: z.boolean(),
    next_page: z.string().min(1).nullable().default(null),
  })
  .loose()
  .refine((value) => !value.has_more || value.next_page !== null, 'has_more without next_page')

// Source: reference of rate limits, August 2026 (fact sheet section 7).
const LINE_LIMIT = 'enqueued_batch_requests'
const limits = z
  .object({
    data: z.array(
      z
        .object({ limits: z.array(z.object({ type: z.string(), value: z.number() }).loose()) })
        .loose(),
    ),
  })
  .loose()

/**
 * Makes the Admin API's reports callable. The key goes in the header `x-api-key` and nowhere else.
 *
 * @throws {ConfigError} when the key is no admin key.
 */
export function createAdminApi(options: AdminApiOptions): AdminApi {
  const { baseUrl, adminKey } = options
  if (!/^sk-ant-admin[\w-]+$/.test(adminKey)) {
    throw new ConfigError(
      'the Admin API: expected a key that begins with sk-ant-admin, got another.',
      "Make one in the provider's console, under admin keys; only administrators can.",
    )
  }
  const api = new ApiClient(
    settingsOf({
      accounts: () => ({ baseUrl, apiKey: adminKey, auth: 'x-api-key' }),
      now: options.now,
      fetch: options.fetch,
    }),
  )
  return {
    report: (query) => askReport(api, query),
    lineLimit: (signal) => askLineLimit(api, signal),
  }
}

async function askLineLimit(api: ApiClient, signal?: AbortSignal): Promise<LineLimit> {
  const abort = linkAbort(signal)
  try {
    const timeoutMs = api.settings.readMs
    const place = { account: ADMIN, path: () => PATHS.limits, timeoutMs }
    const reply = await api.call({ ...place, method: 'get', signal: abort.signal })
    if (reply.type !== 'answer' || reply.status !== 200) return failed(errorOf(reply))
    const parsed = limits.safeParse(reply.json)
    if (!parsed.success) return failed(unreadable(reply, problemOf(parsed.error)))
    const all = parsed.data.data.flatMap((group) => group.limits)
    const line = all.find(({ type }) => type === LINE_LIMIT)
    return { type: 'limit', enqueuedRequests: line?.value ?? null }
  } finally {
    abort.unlink()
  }
}

async function askReport(api: ApiClient, query: AdminReportQuery): Promise<AdminReportPage> {
  const abort = linkAbort(query.signal)
  try {
    const reply = await api.call({
      account: ADMIN,
      method: 'get',
      path: () => PATHS[query.report],
      query: {
        starting_at: secondsText(query.from),
        ...(query.to !== null && { ending_at: secondsText(query.to) }),
        bucket_width: query.bucketWidth,
        limit: MOST_BUCKETS[query.bucketWidth],
        group_by: query.groupBy,
        ...(query.page !== null && { page: query.page }),
      },
      timeoutMs: api.settings.readMs,
      signal: abort.signal,
    })
    return pageOf(reply)
  } finally {
    abort.unlink()
  }
}

function pageOf(reply: ApiReply): AdminReportPage {
  if (reply.type !== 'answer' || reply.status !== 200) return failed(errorOf(reply))
  return readPage(reply)
}

function readPage(answer: ApiAnswer): AdminReportPage {
  const parsed = page.safeParse(answer.json)
  if (!parsed.success) return failed(unreadable(answer, problemOf(parsed.error)))
  const { has_more: hasMore, next_page: nextPage } = parsed.data
  const json = answer.json as Readonly<Record<string, unknown>>
  return { type: 'page', json, nextPage: hasMore ? nextPage : null, serverAt: answer.serverAt }
}

function failed(error: ProviderError): Extract<LineLimit, { readonly type: 'failed' }> {
  return { type: 'failed', error }
}

function secondsText(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}
