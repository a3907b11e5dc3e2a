import { setTimeout as wait } from 'node:timers/promises'
import type { EpochMs, ProviderError } from '@halfrate/core'
import type { AdminApi, AdminReportPage, AdminReportQuery } from '@halfrate/transport-http'

// Real time. The provider asks to be polled once a minute at most, so a longer wait is somebody's decision.
const WAITS_MS = [1_000, 2_000, 4_000, 8_000] as const
const LONGEST_ASKED_MS = 60_000

/** A report to be read to its end. */
export type AdminReading = Omit<AdminReportQuery, 'page'>

/** How a reading ended. */
export type AdminReadingEnd =
  | { readonly type: 'whole'; readonly serverAt: EpochMs | null }
  | { readonly type: 'failed'; readonly error: ProviderError }

/**
 * Reads a report page by page. What passes (429, 5xx, no answer) is asked again, up to five times in all, with waits of 1, 2,
 * 4 and 8 s or what the provider asks for, up to a minute. It ends with whether the report is whole.
 */
export async function* readAdminReport(
  api: Pick<AdminApi, 'report'>,
  reading: AdminReading,
): AsyncGenerator<Readonly<Record<string, unknown>>, AdminReadingEnd, undefined> {
  const seen = new Set<string>()
  for (let page: string | null = null; ; ) {
    const answer = await patientPage(api, { ...reading, page })
    if (answer.type === 'failed') return answer
    yield answer.json
    if (answer.nextPage === null) return { type: 'whole', serverAt: answer.serverAt }
    if (seen.has(answer.nextPage)) return { type: 'failed', error: goesRound(answer.nextPage) }
    seen.add(answer.nextPage)
    page = answer.nextPage
  }
}

async function patientPage(
  api: Pick<AdminApi, 'report'>,
  query: AdminReportQuery,
): Promise<AdminReportPage> {
  for (let tries = 1; ; tries += 1) {
    const answer = await api.report(query)
    const waitMs = answer.type === 'failed' ? waitMsAfter(answer.error, tries) : null
    if (waitMs === null || query.signal?.aborted === true) return answer
    await wait(waitMs, undefined, { signal: query.signal }).catch(() => undefined)
  }
}

function waitMsAfter({ status, retryAfterMs }: ProviderError, tries: number): number | null {
  const own = WAITS_MS[tries - 1]
  if (own === undefined || (retryAfterMs ?? 0) > LONGEST_ASKED_MS) return null
  const isOurs = status !== null && status >= 400 && status < 500
  if (isOurs && status !== 408 && status !== 409 && status !== 429) return null
  // What looks like an answer and can't be read will look the same again.
  if (status !== null && status < 400) return null
  return Math.max(own, retryAfterMs ?? 0)
}

function goesRound(page: string): ProviderError {
  const message = `the report names the page ${page.slice(0, 100)} twice.`
  return { status: 200, type: null, code: null, message, requestId: null, retryAfterMs: null }
}
