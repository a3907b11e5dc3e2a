import { ConfigError, type EpochMs, type ProviderError } from '@halfrate/core'
import type { Reconciler } from '@halfrate/core/audit'
import { type AdminPlace, openAdminApi, readAdminReport } from '@halfrate/runtime'
import { readReportPage } from '../audit/admin-report.js'

const WORKSPACE = /^workspace /

/**
 * Asks for both reports of a time, day by day, and hands every line to the reconciler.
 *
 * @throws {ConfigError} when the key is missing or refused, or a report is not whole: half of one would explain nothing.
 */
export async function addProviderReports(
  reconciler: Pick<Reconciler, 'addTheirs'>,
  place: AdminPlace,
  { from, to }: { readonly from: EpochMs; readonly to: EpochMs },
): Promise<void> {
  const api = await openAdminApi(place)
  const time = { from, to, bucketWidth: '1d' } as const
  for (const asked of [
    { report: 'usage', groupBy: ['model', 'service_tier', 'workspace_id'] },
    { report: 'cost', groupBy: ['description', 'workspace_id'] },
  ] as const) {
    const pages = readAdminReport(api, { ...time, ...asked })
    for (let next = await pages.next(); ; next = await pages.next()) {
      if (next.done === true) {
        if (next.value.type === 'failed') throw notHad(asked.report, next.value.error)
        break
      }
      addPage(reconciler, asked.report, next.value)
    }
  }
}

function addPage(
  reconciler: Pick<Reconciler, 'addTheirs'>,
  report: string,
  json: Readonly<Record<string, unknown>>,
): void {
  for (const line of readReportPage(json)?.lines ?? []) {
    if (typeof line === 'string') throw unreadableLine(report, line)
    reconciler.addTheirs(line, line.feature?.replace(WORKSPACE, '') ?? null)
  }
}

function notHad(report: string, { status, message }: ProviderError): ConfigError {
  if (status === 401 || status === 403) {
    return new ConfigError(
      `the admin key is refused: ${message}`,
      "Set ANTHROPIC_ADMIN_KEY to a key that begins with sk-ant-admin, from the provider's console.",
    )
  }
  return new ConfigError(
    `the ${report} report can't be had: ${message}`,
    'Try again later. Nothing was changed.',
  )
}

function unreadableLine(report: string, problem: string): ConfigError {
  return new ConfigError(
    `the ${report} report has a line that can't be read: ${problem}`,
    'See whether a newer version of Halfrate reads it. Nothing was changed.',
  )
}
