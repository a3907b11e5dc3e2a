import {
  ConfigError,
  DAY_MS,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  type EpochMs,
  type ListPage,
  type RemoteBatch,
} from '@halfrate/core'
import { type ReconcileReport, Reconciler } from '@halfrate/core/audit'
import { type Halfrate, isLoopback, openProviderView, readAllCosts } from '@halfrate/runtime'
import type { Place } from '../run/store-options.js'
import { countOf } from '../screen/number-text.js'
import { addProviderReports } from './provider-reports.js'
import { type ElsewhereBatches, readElsewhere } from './read-elsewhere.js'

/** A reconciliation, and of which days it is. */
export interface Reconciliation {
  readonly report: ReconcileReport
  /** Beginnings of days in UTC: the first, and the first that is not of it. */
  readonly from: EpochMs
  readonly to: EpochMs
  /** Why batches made elsewhere are not known, or not all of them; null when they are. */
  readonly elsewhereNote: string | null
}

const USUAL_DAYS = 7
const MOST_BATCHES = 1_000

/**
 * Puts what the store says beside what the provider's reports say, for whole days in UTC.
 *
 * @throws {ConfigError} when the reports can't be had.
 */
export async function reconcile(
  half: Halfrate,
  place: Place & { readonly adminKey: string | null },
  window: { readonly since: EpochMs | null; readonly until: EpochMs | null },
): Promise<Reconciliation> {
  const now = await half.store.now()
  const from = floorDay(window.since ?? now - (USUAL_DAYS - 1) * DAY_MS)
  const to = floorDay((window.until ?? now) - 1) + DAY_MS
  const { page, note } = await newestBatches(half, place, from)
  const workspaceId = page?.workspaceId ?? null
  const reconciler = new Reconciler({ book: half.prices, now, workspaceId })
  const { baseUrl, adminKey, clock: fast } = place
  await addProviderReports(reconciler, { baseUrl, adminKey, fast }, { from, to })
  const reading = { store: half.store, project: DEFAULT_PROJECT, queue: null, job: null }
  await readAllCosts({ ...reading, from, to }, (row) => reconciler.addOurs(row))
  let unread = 0
  if (page !== null) {
    const view = await openProviderView(place)
    unread = await readElsewhere(reconciler, view, await unknownBatches(half, page))
  }
  const notes = [note ?? '', unreadText(unread)].filter((text) => text !== '')
  const elsewhereNote = notes.length === 0 ? null : notes.join(' ')
  return { report: reconciler.report(), from, to, elsewhereNote }
}

async function newestBatches(
  half: Halfrate,
  { apiKey, baseUrl }: Place,
  from: EpochMs,
): Promise<{ readonly page: ListPage | null; readonly note: string | null }> {
  if (apiKey === null && !isLoopback(baseUrl)) {
    const note = 'batches made elsewhere are not known: they are listed with ANTHROPIC_API_KEY.'
    return { page: null, note }
  }
  const page = await half.newestBatches(MOST_BATCHES)
  if (page.type === 'failed') {
    return { page: null, note: `batches made elsewhere could not be listed: ${page.error.message}` }
  }
  const oldest = page.batches.at(-1)
  const isCut = page.hasMore && oldest !== undefined && oldest.createdAt > from
  const note = isCut ? `of batches made elsewhere only the newest ${MOST_BATCHES} are known.` : null
  return { page, note }
}

function unreadText(unread: number): string {
  if (unread === 0) return ''
  return `${countOf(unread, 'batch', 'batches')} made elsewhere could not be read wholly, and ${unread === 1 ? 'explains' : 'explain'} nothing.`
}

async function unknownBatches(
  { store }: Halfrate,
  { batches, workspaceId }: ListPage,
): Promise<ElsewhereBatches> {
  const unknown: RemoteBatch[] = []
  const { pageLimit } = store.traits
  for (let at = 0; at < batches.length; at += pageLimit) {
    const some = batches.slice(at, at + pageLimit)
    const remoteIds = some.map(({ id }) => id)
    const { ours } = await store.knownBatches({ account: DEFAULT_ACCOUNT, remoteIds })
    unknown.push(...some.filter(({ id }) => !ours.has(id)))
  }
  return { workspaceId: workspaceId ?? null, batches: unknown }
}

/**
 * Refuses flags that a comparison has no use for: the reports know days in UTC, models and workspaces.
 *
 * @throws {ConfigError} naming the flag.
 */
export function checkReconcileFlags(flags: Readonly<Record<string, unknown>>): void {
  for (const name of ['by', 'queue', 'job', 'timeZone'] as const) {
    if (flags[name] === undefined) continue
    const flag = name === 'timeZone' ? '--time-zone' : `--${name}`
    throw new ConfigError(
      `${flag} and --reconcile can't go together: the provider's reports know days in UTC, models and workspaces.`,
      'Leave one of them out.',
    )
  }
}

function floorDay(at: EpochMs): EpochMs {
  return Math.floor(at / DAY_MS) * DAY_MS
}
