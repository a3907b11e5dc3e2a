import type { EngineSettings } from '@halfrate/core'
import type { Draw } from '../chance/draw.js'
import type { FaultKind } from './fault-kind.js'
import type { FaultPlan, Theme } from './fault-plan.js'
import { roomOf } from './fault-sizes.js'

/** Makes a plan one about its theme. */
export function withTheme(
  plan: FaultPlan,
  theme: Theme,
  draw: Draw,
  settings: EngineSettings,
): FaultPlan {
  const rates = new Map(plan.rates)
  switch (theme) {
    case 'window':
      return windowPlan(plan, draw, settings)
    case 'strangers':
      rates.set('foreign_batch', 0.95).set('lost_after', 0.3)
      return { ...plan, rates, theme }
    case 'contradicted':
      return {
        ...plan,
        rates: rowKindsOf(plan).set('twin', 0.6).set('contradicted', 0.7),
        breaks: ['twin'],
        theme,
      }
    case 'verdict': {
      rates.set('late', 0.6).set('pause', 0.02).set('crash', 0.005)
      const sizes = {
        ...plan.sizes,
        lateMs: draw.logUniform(0.7, 1.5) * settings.settleMs,
        pauseMs: draw.logUniform(0.1, 4) * settings.leaseMs,
      }
      return { ...plan, rates, sizes, breaks: ['late'], focus: 'recordScan', theme }
    }
    case 'door':
      rates.set('row_poison', 1)
      if (draw.chance(0.3)) rates.set('account_outage', draw.logUniform(0.01, 0.1))
      if (draw.chance(0.3)) rates.set('own_limit', draw.logUniform(0.02, 0.2))
      return { ...plan, rates, theme }
    case 'between_pages': {
      const sizes = {
        ...plan.sizes,
        lateMs: 1.4 * (settings.settleMs + settings.sendBaseMs),
        // Short enough that its lease is still its own.
        pauseMs: draw.logUniform(0.3, 1) * settings.leaseMs,
      }
      const focus = draw.pick(['releaseMembers', 'openOutcomes'])
      const few = rowKindsOf(plan).set('late', 0.9).set('pause', 0.05)
      return { rates: few, sizes, breaks: ['late'], focus, theme }
    }
  }
}

function windowPlan(plan: FaultPlan, draw: Draw, settings: EngineSettings): FaultPlan {
  const delay = draw.pick(['late', 'late', 'last_byte_freeze'] as const)
  const rates = rowKindsOf(plan).set(delay, 0.6).set('lost_after', 0.2).set('pause', 0.02)
  const none = { lateMs: 0, listLagMs: 0, staleMs: 0, lastByteMs: 0, frozenListMs: 0 }
  const delays = { ...none, [delay === 'late' ? 'lateMs' : 'lastByteMs']: roomOf(settings) }
  const pauseMs = draw.logUniform(0.1, 2) * settings.settleMs
  const sizes = { ...plan.sizes, ...delays, pauseMs }
  return { rates, sizes, breaks: [], focus: 'snapshot', theme: 'window' }
}

// What such a seed is about is rare enough; other faults would only get in its way.
function rowKindsOf({ rates }: FaultPlan): Map<FaultKind, number> {
  return new Map([...rates].filter(([kind]) => kind.startsWith('row_')))
}
