import type { EngineSettings } from '@halfrate/core'
import { Draw } from '../chance/draw.js'
import {
  type Assumption,
  BATCH_KINDS,
  CALL_KINDS,
  CREATE_KINDS,
  DOOR_KINDS,
  type FaultKind,
  PERSON_KINDS,
  READ_KINDS,
  RESULTS_KINDS,
  ROW_KINDS,
  WINDOW_KINDS,
  WORKER_KINDS,
} from './fault-kind.js'
import { type FaultPlan, THEMES } from './fault-plan.js'
import { drawSizes } from './fault-sizes.js'
import { withTheme } from './with-theme.js'

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

/**
 * Draws a swarm: each kind is on in some seeds only, so that a seed shows what two or three of them do together. Every
 * kind draws from a stream of its own, so that a new one changes only the seeds in which it is on.
 */
export function drawFaultPlan(seed: number, settings: EngineSettings): FaultPlan {
  const draw = new Draw(seed, 'plan')
  const breaks = drawBreaks(draw)
  const rates = drawRates(seed, draw.logUniform(0.1, 0.7))
  if (!breaks.includes('twin')) rates.delete('twin')
  if (!breaks.includes('deleted')) rates.delete('deleted_by_others')
  for (const assumption of breaks) turnOn(rates, assumption, draw)
  const focus = draw.chance(0.35) ? draw.pick(FOCUSES) : null
  const plan = { rates, sizes: drawSizes(draw, settings, breaks), breaks, focus, theme: null }
  const theme = draw.chance(0.15) ? draw.pick(THEMES) : null
  if (theme !== null) return withTheme(plan, theme, draw, settings)
  const door = new Draw(seed, 'at the door')
  return door.chance(DOOR_SHARE) ? withTheme(plan, 'door', door, settings) : plan
}

// Of the seeds without another theme. They have more requests, and so more steps, than others.
const DOOR_SHARE = 0.02

const PROVIDER_KINDS: readonly FaultKind[] = [
  ...CREATE_KINDS,
  ...BATCH_KINDS,
  ...ROW_KINDS,
  ...READ_KINDS,
  ...RESULTS_KINDS,
]

function drawRates(seed: number, share: number): Map<FaultKind, number> {
  const rates = new Map<FaultKind, number>()
  const on = (
    kinds: readonly FaultKind[],
    factor: number,
    rateOf: (draw: Draw) => number,
  ): void => {
    for (const kind of kinds) {
      const draw = new Draw(seed, `rate of ${kind}`)
      const isOn = draw.chance(factor * share * (RARE.get(kind) ?? 1))
      if (isOn) rates.set(kind, CALL_RATES.has(kind) ? rateBetween(kind, draw) : rateOf(draw))
    }
  }
  on(PROVIDER_KINDS, 1, (draw) => draw.logUniform(0.03, 0.6))
  on(CALL_KINDS, 1, (draw) => draw.logUniform(0.002, 0.03))
  on([...WINDOW_KINDS, ...WORKER_KINDS, ...DOOR_KINDS, ...PERSON_KINDS], 0.4, () => 1)
  return rates
}

function rateBetween(kind: FaultKind, draw: Draw): number {
  const [low, high] = CALL_RATES.get(kind) ?? [0, 0]
  return draw.logUniform(low, high)
}

// Kinds that can strike at few calls only.
const CALL_RATES: ReadonlyMap<FaultKind, readonly [number, number]> = new Map([
  ['foreign_batch', [0.1, 0.9]],
  ['last_byte_freeze', [0.05, 0.5]],
  ['slow_upload', [0.05, 0.5]],
  ['reset_mid_body', [0.05, 0.5]],
  ['connection_refused', [0.01, 0.3]],
  ['connection_reset', [0.01, 0.3]],
  ['account_outage', [0.01, 0.2]],
  ['ramp_limited', [0.05, 0.6]],
])

// These make whole days pass, or hours of standing still; more of them would only make seeds slow.
const RARE: ReadonlyMap<FaultKind, number> = new Map([
  ['row_held', 0.15],
  ['unauthorized', 0.3],
  ['rate_limited_bare', 0.3],
  ['own_limit', 0.3],
  ['refused', 0.6],
  ['too_large', 0.6],
  ['list_repeats', 0.6],
  ['absence', 0.3],
  ['restored', 0.2],
])

function drawBreaks(draw: Draw): readonly Assumption[] {
  if (!draw.chance(0.25)) return []
  const one = (): Assumption =>
    draw.pick<Assumption>([
      'late',
      'late',
      'frozen',
      'twin',
      'twin',
      'deleted',
      'deleted',
      'unreadable',
      'absent',
    ])
  const first = one()
  return draw.chance(0.2) ? [...new Set([first, one()])] : [first]
}

function turnOn(rates: Map<FaultKind, number>, assumption: Assumption, draw: Draw): void {
  const rate = draw.logUniform(0.1, 0.6)
  switch (assumption) {
    case 'late':
      rates.set('late', rate)
      if (draw.chance(0.2)) rates.set('list_frozen', 1)
      return
    case 'frozen':
      rates.set('last_byte_freeze', rate)
      return
    case 'twin':
      rates.set('twin', rate)
      return
    case 'deleted':
      rates.set('deleted_by_others', rate)
      return
    case 'unreadable':
      rates.set('flap', rate).set('cut', rate).set('lost_after', 0.3)
      return
    case 'absent':
      rates.set('absence', 1)
  }
}
