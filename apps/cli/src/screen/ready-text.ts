import type { EpochMs } from '@halfrate/core'
import {
  type BatchOutlook,
  EQUAL_BATCHES,
  type Outlook,
  outlookBy,
  type TurnaroundOdds,
} from '@halfrate/core/turnaround'
import type { Style } from './line.js'
import { countOf, countText } from './number-text.js'
import { instantText } from './time-text.js'

/** When answers are likely there: `likely ready by 15:05`. */
export function readyText({ range }: BatchOutlook, now: EpochMs, timeZone?: string): string {
  return `likely ready by ${instantText(range.p90At, now, timeZone)}`
}

/** The same with the middle: `likely ready by 15:05, half of such batches by 14:12`. */
export function readyRangeText(outlook: BatchOutlook, now: EpochMs, timeZone?: string): string {
  const half = instantText(outlook.range.p50At, now, timeZone)
  return `${readyText(outlook, now, timeZone)}, half of such batches by ${half}`
}

/** Whether answers are there by an instant: `by 06:00: likely`. */
export function outlookByText(
  { odds, batch }: BatchOutlook,
  wantedAt: EpochMs,
  { now, timeZone }: { readonly now: EpochMs; readonly timeZone?: string | undefined },
): { readonly text: string; readonly style: Style } {
  const outlook = outlookBy(odds, batch, wantedAt)
  const by = `by ${instantText(wantedAt, now, timeZone)}`
  return { text: `${by}: ${outlook === 'at_risk' ? 'at risk' : outlook}`, style: STYLES[outlook] }
}

const STYLES: Readonly<Record<Outlook, Style>> = { likely: 'green', at_risk: 'yellow', no: 'red' }

/** What that goes by: `(from 212 of your batches)`. */
export function readyGroundsText({ batches }: TurnaroundOdds): string {
  if (batches === 0) return '(from what is published, none of yours yet)'
  if (batches >= EQUAL_BATCHES) return `(from ${countText(batches)} of your batches)`
  return `(from what is published and ${countOf(batches, 'batch', 'batches')} of yours)`
}

/** When answers are likely there, for programs. Instants are RFC 3339. */
export interface ReadyObject {
  /** By when the answers of half of such batches are there. */
  readonly half_by: string
  /** By when nine in ten. */
  readonly likely_by: string
  /** By when ninety-nine in a hundred. */
  readonly nearly_surely_by: string
  /** When they are wanted; null for no instant. */
  readonly wanted_by: string | null
  /** Whether they are there then: `likely`, `at_risk` or `no`; null for no instant. */
  readonly outlook: Outlook | null
  /** Batches of the account that this goes by; 0 when it goes by what is published alone. */
  readonly batches: number
  /** Of which batches: `published`, or those of the `account`, the model's `family`, its `size`, the `hour` of the week. */
  readonly of: string
}

/** Makes the object of when answers are likely there; null for none. */
export function readyObject(
  outlook: BatchOutlook | null,
  wantedAt: EpochMs | null,
): ReadyObject | null {
  if (outlook === null) return null
  const { odds, range, batch } = outlook
  return {
    half_by: new Date(range.p50At).toISOString(),
    likely_by: new Date(range.p90At).toISOString(),
    nearly_surely_by: new Date(range.p99At).toISOString(),
    wanted_by: wantedAt === null ? null : new Date(wantedAt).toISOString(),
    outlook: wantedAt === null ? null : outlookBy(odds, batch, wantedAt),
    batches: odds.batches,
    of: odds.of,
  }
}
