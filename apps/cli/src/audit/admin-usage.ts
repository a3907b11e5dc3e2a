import { ConfigError, DAY_MS, type EpochMs, type ProviderError } from '@halfrate/core'
import { type AdminReading, openAdminApi, readAdminReport } from '@halfrate/runtime'
import type { ProviderPlace } from '../run/store-options.js'
import { readReportPage } from './admin-report.js'
import type { AuditTally } from './audit-tally.js'

// What stands for a report in the place of a file.
const ADMIN_INPUTS = ['admin:', 'admin:usage', 'admin:cost'] as const

// By hours the audit sees what runs at night; that many are five pages.
const MOST_HOURS_MS = 31 * DAY_MS

/** Whether an input is a report that is asked for, and no file. */
export function isAdminInput(name: string): boolean {
  return name.startsWith('admin:')
}

/** Where a report is asked for, and of which time. */
export interface AdminUsageParams {
  /** One of `admin:`, `admin:usage` and `admin:cost`. */
  readonly name: string
  readonly place: Pick<ProviderPlace, 'baseUrl'> & { readonly adminKey: string | null }
  readonly from: EpochMs
  readonly now: EpochMs
  readonly tally: AuditTally
}

/**
 * Asks the Admin API for a report and reads it, page by page.
 *
 * @throws {ConfigError} when there is no admin key, it is refused, or nothing came at all. What breaks off later is told to the
 * tally.
 */
export async function readAdminUsage(params: AdminUsageParams): Promise<void> {
  const { name, place, tally } = params
  checkName(name)
  const api = await openAdminApi({ ...place, fast: null })
  const pages = readAdminReport(api, readingOf(params))
  let isNew = true
  for (let next = await pages.next(); ; next = await pages.next()) {
    if (next.done === true) {
      if (next.value.type === 'failed') notWhole(next.value.error, { name, tally, isNew })
      return
    }
    isNew = false
    const page = readReportPage(next.value)
    if (page === null) continue
    if (page.kind !== null) tally.is(page.kind, name)
    for (const line of page.lines) tally.add(line, { file: name, line: null })
  }
}

function checkName(name: string): void {
  if ((ADMIN_INPUTS as readonly string[]).includes(name)) return
  throw new ConfigError(
    `${name}: expected admin:usage or admin:cost.`,
    'Correct the name; for a file of that name write ./ before it.',
  )
}

function readingOf({ name, from, now }: AdminUsageParams): AdminReading {
  if (name === 'admin:cost') {
    const groupBy = ['description', 'workspace_id']
    return { report: 'cost', from, to: null, groupBy, bucketWidth: '1d' }
  }
  const groupBy = ['model', 'service_tier', 'inference_geo', 'workspace_id', 'api_key_id']
  const bucketWidth = now - from <= MOST_HOURS_MS ? '1h' : '1d'
  return { report: 'usage', from, to: null, groupBy, bucketWidth }
}

function notWhole(
  error: ProviderError,
  {
    name,
    tally,
    isNew,
  }: { readonly name: string; readonly tally: AuditTally; readonly isNew: boolean },
): void {
  const { status, message } = error
  if (status === 401 || status === 403) {
    throw new ConfigError(
      `the admin key is refused: ${message}`,
      "Set ANTHROPIC_ADMIN_KEY to a key that begins with sk-ant-admin, from the provider's console.",
    )
  }
  if (!isNew) {
    tally.cutOff({ file: name, line: null, problem: message })
    return
  }
  throw new ConfigError(`${name}: the report can't be had: ${message}`, 'Try again later.')
}
