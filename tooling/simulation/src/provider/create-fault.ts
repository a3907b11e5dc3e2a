import type { CreateFault } from '@halfrate/emulator/model'
import type { Draw } from '../chance/draw.js'
import { CREATE_KINDS, type FaultKind } from '../faults/fault-kind.js'
import type { FaultSizes } from '../faults/fault-sizes.js'
import type { Strikes } from '../faults/strikes.js'

/** What happens at one create call. */
export interface DrawnCreateFault {
  readonly fault: CreateFault | null
  readonly kinds: readonly FaultKind[]
}

/** Draws what goes wrong at one create call: how it is answered, and what is odd about the batch that comes of it. */
export function drawCreateFault(strikes: Strikes, sizes: FaultSizes, draw: Draw): DrawnCreateFault {
  const kinds: FaultKind[] = []
  const answer = CREATE_KINDS.find((kind) => strikes.at(kind, draw))
  let fault: CreateFault = {}
  if (answer !== undefined) {
    kinds.push(answer)
    fault = answerFault(answer, sizes, draw)
  }
  const sized = (ms: number): number => Math.round(ms * (0.5 + 0.5 * draw.fraction()))
  const traits: [FaultKind, () => CreateFault][] = [
    ['list_lag', () => ({ listLagMs: sized(sizes.listLagMs) })],
    ['retrieve_lag', () => ({ retrieveLagMs: sized(sizes.retrieveLagMs) })],
    ['canceled_by_others', () => ({ canceledAfterMs: draw.logWhole(1_000, 7_200_000) })],
    ['deleted_by_others', () => ({ deletedAfterMs: draw.logWhole(1_000, 7_200_000) })],
  ]
  for (const [kind, trait] of traits) {
    if (!strikes.at(kind, draw)) continue
    kinds.push(kind)
    fault = { ...fault, ...trait() }
  }
  return { fault: kinds.length === 0 ? null : fault, kinds }
}

function answerFault(
  kind: (typeof CREATE_KINDS)[number],
  sizes: FaultSizes,
  draw: Draw,
): CreateFault {
  switch (kind) {
    case 'lost_before':
      return { loseRequest: true }
    case 'lost_after':
      return { loseResponse: true }
    case 'late':
      return { lateMs: Math.round(sizes.lateMs * (0.5 + 0.5 * draw.fraction())) }
    case 'server_error_before':
      return { error: draw.pick(['api_error', 'bad_gateway', 'unavailable', 'timeout']) }
    case 'server_error_after':
      return {
        error: draw.pick(['api_error', 'bad_gateway', 'unavailable', 'timeout']),
        accepted: true,
      }
    case 'overloaded_before':
      return { error: 'overloaded' }
    case 'overloaded_after':
      return { error: 'overloaded', accepted: true }
    case 'garbled_answer':
      return { error: draw.pick(['html', 'truncated']), accepted: true }
    case 'hang':
      return { hang: true }
    case 'rate_limited':
      return {
        error: 'rate_limit',
        retryAfterSeconds: Math.ceil((sizes.retryAfterMs * draw.fraction()) / 1_000),
      }
    case 'rate_limited_bare':
      return { error: draw.pick(['rate_limit', 'spend_cap']) }
    case 'own_limit':
      return { error: 'own_limit' }
    case 'refused':
      // Said by the upload itself, as the API does about a body that it can't take.
      return {}
    case 'too_large':
      return { error: 'too_large' }
    case 'unauthorized':
      return { error: draw.pick(['authentication', 'billing', 'permission']) }
    case 'conflict':
      return { error: 'conflict' }
    case 'twin':
      return twinFault(sizes, draw)
  }
}

// An answer that names the second batch is that batch's own: it can't come long before the batch itself.
function twinFault(sizes: FaultSizes, draw: Draw): CreateFault {
  const twin = draw.pick(['first', 'second', 'refusal'] as const)
  const longestMs = twin === 'second' ? sizes.listLagMs : 4 * sizes.lateMs
  return { twin, twinDelayMs: draw.logWhole(1, longestMs + 2) }
}
