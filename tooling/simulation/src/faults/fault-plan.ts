import type { EngineSettings } from '@halfrate/core'
import type { Draw } from '../chance/draw.js'

/** What can go wrong in a create call besides its answer being right. At most one of these strikes a call. */
export const CREATE_KINDS = [
  'lost_before',
  'lost_after',
  'late',
  'server_error_before',
  'server_error_after',
  'overloaded_before',
  'overloaded_after',
  'garbled_answer',
  'hang',
  'rate_limited',
  'rate_limited_bare',
  'refused',
  'too_large',
  'unauthorized',
  'conflict',
  'twin',
] as const

/** What can be odd about a batch that was accepted. */
export const BATCH_KINDS = [
  'list_lag',
  'retrieve_lag',
  'canceled_by_others',
  'deleted_by_others',
] as const

/** What can become of a row. */
export const ROW_KINDS = [
  'row_errored',
  'row_permanent',
  'row_expired',
  'row_held',
  'row_unusable',
] as const

/** What can go wrong when something is read. */
export const READ_KINDS = ['flap', 'read_error', 'stale'] as const

/** What can be wrong with a results file. At most one of these strikes a fetch. */
export const RESULTS_KINDS = ['cut', 'extra_lines', 'omitted', 'contradicted', 'stalled'] as const

/** What can happen to a process, its store, and the workspace. */
export const WORLD_KINDS = [
  'crash',
  'pause',
  'store_error',
  'slow_upload',
  'last_byte_freeze',
  'foreign_batch',
] as const

/** Every kind of fault. */
export type FaultKind =
  | (typeof CREATE_KINDS)[number]
  | (typeof BATCH_KINDS)[number]
  | (typeof ROW_KINDS)[number]
  | (typeof READ_KINDS)[number]
  | (typeof RESULTS_KINDS)[number]
  | (typeof WORLD_KINDS)[number]

/** The published assumptions that a seed may break. */
export type Assumption = 'late' | 'frozen' | 'twin' | 'deleted'

/** How large faults are, milliseconds: the most that one of them takes. */
export interface FaultSizes {
  readonly lateMs: number
  readonly listLagMs: number
  readonly staleMs: number
  readonly retrieveLagMs: number
  /** How long a batch, or its file, may be missing by 404s. */
  readonly flapMs: number
  readonly lastByteMs: number
  readonly pauseMs: number
  readonly restartMs: number
  readonly uploadMs: number
  readonly retryAfterMs: number
  readonly hangMs: number
  /** How long no whole line of an ended batch may be readable. */
  readonly unreadableMs: number
  /** How far the provider's clock is ahead of the store's; negative when behind. */
  readonly providerOffsetMs: number
}

/** Which faults a seed has on, how often they strike and how large they are. */
export interface FaultPlan {
  readonly rates: ReadonlyMap<FaultKind, number>
  readonly sizes: FaultSizes
  readonly breaks: readonly Assumption[]
  /** The call around which crashes and pauses gather; null for all alike. */
  readonly focus: string | null
  /** What the seed is about; null for anything. */
  readonly theme: Theme | null
}

/**
 * What some seeds are about, since a broad swarm comes to it too seldom. `window`: answers that come at the very end of
 * the settle window, to senders that stood still. `strangers`: more of their batches than fit on a page. `contradicted`:
 * files of batches that a proxy made, in which a row fails before it succeeds.
 */
export type Theme = 'window' | 'strangers' | 'contradicted'

const THEMES: readonly [Theme, ...Theme[]] = ['window', 'window', 'strangers', 'contradicted']

const FOCUSES: readonly [string, ...string[]] = [
  'recordScan',
  'recordEvidence',
  'releaseMembers',
  'openOutcomes',
  'settle',
  'beginSend',
  'sealSubmission',
  'addMembers',
  'reclaimMembers',
  'closeSubmission',
  'snapshot',
  'createBatch',
  'commitJob',
]

/** Draws a swarm: each kind is on in some seeds only, so that a seed shows what two or three of them do together. */
export function drawFaultPlan(draw: Draw, settings: EngineSettings): FaultPlan {
  const breaks = drawBreaks(draw)
  const rates = new Map<FaultKind, number>()
  const share = draw.logUniform(0.1, 0.7)
  for (const kind of [
    ...CREATE_KINDS,
    ...BATCH_KINDS,
    ...ROW_KINDS,
    ...READ_KINDS,
    ...RESULTS_KINDS,
  ]) {
    if (draw.chance(share * (RARE.get(kind) ?? 1))) rates.set(kind, draw.logUniform(0.03, 0.6))
  }
  for (const kind of WORLD_KINDS) {
    if (draw.chance(0.45)) rates.set(kind, draw.logUniform(0.002, 0.03))
  }
  if (rates.has('foreign_batch')) rates.set('foreign_batch', draw.logUniform(0.1, 0.9))
  if (rates.has('last_byte_freeze')) rates.set('last_byte_freeze', draw.logUniform(0.05, 0.5))
  if (rates.has('slow_upload')) rates.set('slow_upload', draw.logUniform(0.05, 0.5))
  if (!breaks.includes('twin')) rates.delete('twin')
  if (!breaks.includes('deleted')) rates.delete('deleted_by_others')
  for (const assumption of breaks) turnOn(rates, assumption, draw)
  const focus = draw.chance(0.35) ? draw.pick(FOCUSES) : null
  const plan = { rates, sizes: drawSizes(draw, settings, breaks), breaks, focus, theme: null }
  const theme = draw.chance(0.1) ? draw.pick(THEMES) : null
  return theme === null ? plan : withTheme(plan, theme, draw, settings)
}

function withTheme(plan: FaultPlan, theme: Theme, draw: Draw, settings: EngineSettings): FaultPlan {
  const rates = new Map(plan.rates)
  switch (theme) {
    case 'window': {
      const delay = draw.pick(['late', 'last_byte_freeze'] as const)
      for (const kind of ['twin', 'deleted_by_others', 'foreign_batch'] as const) rates.delete(kind)
      rates.set(delay, 0.5).set('lost_after', 0.3).set('pause', 0.02)
      const none = { lateMs: 0, listLagMs: 0, staleMs: 0, lastByteMs: 0 }
      const roomMs = settings.settleMs - MARGIN_MS
      const delays = { ...none, [delay === 'late' ? 'lateMs' : 'lastByteMs']: roomMs }
      const sizes = {
        ...plan.sizes,
        ...delays,
        pauseMs: draw.logUniform(0.1, 2) * settings.settleMs,
      }
      return { rates, sizes, breaks: [], focus: 'snapshot', theme }
    }
    case 'strangers':
      rates.set('foreign_batch', 0.95).set('lost_after', 0.3)
      return { ...plan, rates, theme }
    case 'contradicted':
      rates.set('twin', 0.5).set('contradicted', 0.7)
      return { ...plan, rates, breaks: ['twin'], theme }
  }
}

// These make whole days pass, or hours of standing still; more of them would only make seeds slow.
const RARE: ReadonlyMap<FaultKind, number> = new Map([
  ['row_held', 0.15],
  ['unauthorized', 0.3],
  ['rate_limited_bare', 0.3],
  ['refused', 0.6],
  ['too_large', 0.6],
])

function drawBreaks(draw: Draw): readonly Assumption[] {
  if (!draw.chance(0.25)) return []
  const first = draw.pick<Assumption>(['late', 'frozen', 'twin', 'deleted'])
  const second = draw.pick<Assumption>(['late', 'frozen', 'twin', 'deleted'])
  return draw.chance(0.2) ? [...new Set([first, second])] : [first]
}

function turnOn(rates: Map<FaultKind, number>, assumption: Assumption, draw: Draw): void {
  const rate = draw.logUniform(0.1, 0.6)
  switch (assumption) {
    case 'late':
      rates.set('late', rate)
      return
    case 'frozen':
      rates.set('last_byte_freeze', rate)
      return
    case 'twin':
      rates.set('twin', rate)
      return
    case 'deleted':
      rates.set('deleted_by_others', rate)
  }
}

// What may stay between two fetches, two seconds of a date header and the like.
const MARGIN_MS = 10_000

function drawSizes(
  draw: Draw,
  settings: EngineSettings,
  breaks: readonly Assumption[],
): FaultSizes {
  const around = (constantMs: number): number => draw.logUniform(0.1, 4) * constantMs
  const { settleMs, leaseMs, sendBaseMs, goneAfterMs, absenceMs, skewMs, fetchSpanMs } = settings
  const delays = {
    lateMs: around(settleMs),
    listLagMs: around(settleMs),
    staleMs: around(settleMs),
    lastByteMs: around(settleMs),
  }
  const sum = Object.values(delays).reduce((total, ms) => total + ms, 0)
  const room = settleMs - MARGIN_MS
  const isFree = breaks.includes('late') || breaks.includes('frozen')
  const scale = isFree || sum <= room ? 1 : room / sum
  const pauseMs = around(draw.pick([leaseMs, settleMs, sendBaseMs, settings.scanGapMs]))
  return {
    lateMs: delays.lateMs * scale,
    listLagMs: delays.listLagMs * scale,
    staleMs: delays.staleMs * scale,
    lastByteMs: delays.lastByteMs * scale,
    retrieveLagMs: Math.min(around(settleMs), 0.4 * goneAfterMs),
    flapMs: Math.min(around(draw.pick([settings.pollMinMs, fetchSpanMs])), 0.5 * goneAfterMs),
    pauseMs,
    restartMs: around(draw.pick([leaseMs, absenceMs, settings.idleMs])),
    uploadMs: around(sendBaseMs),
    retryAfterMs: draw.logUniform(1_000, 1_200_000),
    hangMs: draw.logUniform(10_000, 600_000),
    unreadableMs: 0.8 * fetchSpanMs,
    providerOffsetMs: Math.round((draw.fraction() * 2 - 1) * 0.9 * skewMs),
  }
}
