import type { MessageFault } from '@halfrate/emulator/model'
import type { Draw } from '../chance/draw.js'
import type { FaultKind } from '../faults/fault-kind.js'
import type { FaultSizes } from '../faults/fault-sizes.js'
import type { Strikes } from '../faults/strikes.js'

/** What can go wrong with a call in real time: what can with a create, but for what is about batches. */
const MESSAGE_KINDS = [
  'lost_before',
  'lost_after',
  'server_error_before',
  'server_error_after',
  'overloaded_before',
  'garbled_answer',
  'hang',
  'rate_limited',
  'rate_limited_bare',
  'own_limit',
  'too_large',
  'unauthorized',
  'conflict',
] as const satisfies readonly FaultKind[]

/** What goes wrong with one call in real time, if anything does. */
export function drawMessageFault(
  strikes: Strikes,
  sizes: FaultSizes,
  draw: Draw,
): { readonly kind: FaultKind; readonly fault: MessageFault } | null {
  const kind = MESSAGE_KINDS.find((each) => strikes.at(each, draw))
  return kind === undefined ? null : { kind, fault: faultOf(kind, sizes, draw) }
}

function faultOf(
  kind: (typeof MESSAGE_KINDS)[number],
  sizes: FaultSizes,
  draw: Draw,
): MessageFault {
  const serverError = () =>
    draw.pick(['api_error', 'bad_gateway', 'unavailable', 'timeout'] as const)
  switch (kind) {
    case 'lost_before':
      return { loseRequest: true }
    case 'lost_after':
      return { loseResponse: true }
    case 'server_error_before':
      return { error: serverError() }
    case 'server_error_after':
      return { error: serverError(), accepted: true }
    case 'overloaded_before':
      return { error: 'overloaded' }
    case 'garbled_answer':
      return { error: draw.pick(['html', 'truncated'] as const), accepted: true }
    case 'hang':
      return { hang: true }
    case 'rate_limited': {
      const retryAfterSeconds = Math.ceil((sizes.retryAfterMs * draw.fraction()) / 1_000)
      return { error: 'rate_limit', retryAfterSeconds }
    }
    case 'rate_limited_bare':
      return { error: draw.pick(['rate_limit', 'spend_cap'] as const) }
    case 'own_limit':
      return { error: 'own_limit' }
    case 'too_large':
      return { error: 'too_large' }
    case 'unauthorized':
      return { error: draw.pick(['authentication', 'billing', 'permission'] as const) }
    case 'conflict':
      return { error: 'conflict' }
  }
}
