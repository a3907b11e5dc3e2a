import type { EngineEvent, EpochMs } from '@halfrate/core'
import { primerSentence } from '@halfrate/core/caching'
import { usdShort, usdText } from '@halfrate/core/money'
import type { PrimerReport } from '@halfrate/runtime'
import { countOf } from './number-text.js'
import { instantText } from './time-text.js'

type PrimerOver = Extract<EngineEvent, { type: 'primer_over' }>

/** The primer of a job, as one of its rows sees it. */
export interface RequestPrimer extends PrimerReport {
  /** Whether the row is one of those that go first. */
  readonly isFirst: boolean
  /** Whether it waits for them. */
  readonly waits: boolean
}

/** How the primer of a job ended, or that none goes, in one line. */
export function primerOverText(event: Omit<PrimerOver, 'type' | 'at' | 'jobId'>): string {
  const { queue, state, reason, size, savingNano } = event
  const of = `of a job in queue ${queue}`
  if (state === 'written') {
    const saves = savingNano === null ? '' : `, which likely saves ${usdShort(savingNano)}`
    return `${countOf(size, 'row')} ${of} wrote what the others share to the cache; the rest goes${saves}`
  }
  const how = size === 0 ? 'no row goes first to write the cache' : 'the rest goes without a cache'
  return `${how} ${of}: ${primerSentence(reason)}`
}

/** The same for programs. */
export function primerOverObject(event: PrimerOver, message: string): object {
  const { queue, state, reason, size, savingNano } = event
  const at = new Date(event.at).toISOString()
  const saving = savingNano === null ? null : usdText(savingNano)
  return { type: 'primer', at, queue, state, reason, size, saving_usd: saving, message }
}

/** What the rest of a job waits for while its primer is away; null when it does not wait. */
export function primerWaitText(
  primer: PrimerReport | null,
  now: EpochMs,
  timeZone?: string,
): string | null {
  if (primer?.state !== 'away') return null
  const by =
    primer.until === null ? '' : `, at most until ${instantText(primer.until, now, timeZone)}`
  const first = primer.size === 1 ? 'one row goes' : `${countOf(primer.size, 'row')} go`
  return `${first} first to write what the others share to the cache, and these wait for it${by}`
}

/** How a job stands to its primer, for a list of jobs; null for nothing worth a line. */
export function primerText(primer: PrimerReport | null): string | null {
  if (primer === null || primer.state === 'offered') return null
  const { state, reason, size, savingUsd } = primer
  if (state === 'away') {
    const first = size === 1 ? 'one row goes' : `${countOf(size, 'row')} go`
    return `${first} first to write what the others share to the cache`
  }
  const saves = savingUsd === null ? '' : `, likely saving $${savingUsd}`
  if (state === 'written') return `${countOf(size, 'row')} went first to write the cache${saves}`
  const why = reason === null ? '' : `: ${primerSentence(reason)}`
  return `no row wrote the cache for the others${why}`
}

/** What a request has to do with the primer of its job; null for nothing. */
export function primerLifeText(
  primer: RequestPrimer | null,
  now: EpochMs,
  timeZone?: string,
): string | null {
  if (primer === null || primer.state === 'offered') return null
  if (primer.isFirst) return 'it goes first of its job, to write what the others share to the cache'
  if (primer.state === 'away') return primer.waits ? primerWaitText(primer, now, timeZone) : null
  return primerText(primer)
}

/** The primer of a job for programs; null for none. */
export function primerObject(
  primer: (PrimerReport & Partial<RequestPrimer>) | null,
): object | null {
  if (primer === null) return null
  const { state, reason, size, sharingRows, until, savingUsd, isFirst, waits } = primer
  return {
    ...{ state, reason, why: reason === null ? null : primerSentence(reason) },
    ...{ rows_first: size, sharing_rows: sharingRows, saving_usd: savingUsd },
    until: until === null ? null : new Date(until).toISOString(),
    ...(isFirst === undefined ? {} : { is_first: isFirst, waits: waits === true }),
  }
}
