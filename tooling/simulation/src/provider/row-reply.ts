import type { Usability } from '@halfrate/core'
import type { ErrorReply, PartialMessage, WireErrorType } from '@halfrate/emulator/model'
import type { Draw } from '../chance/draw.js'
import type { FaultKind } from '../faults/fault-kind.js'
import type { Strikes } from '../faults/strikes.js'
import { promptUsage } from './row-usage.js'

const PASSING: readonly [WireErrorType, ...WireErrorType[]] = [
  'api_error',
  'overloaded_error',
  'timeout_error',
  'rate_limit_error',
  'authentication_error',
  'billing_error',
]
const PERMANENT: readonly [WireErrorType, ...WireErrorType[]] = [
  'invalid_request_error',
  'not_found_error',
  'permission_error',
]

// What some readers take for the end of a line, or can't store: separators of lines and paragraphs, a NUL, half a pair.
const ODD_TEXT = ' a\u2028b\u2029c\u0085d\u0000e\ud800f __proto__ \\n'

/** A way in which answers of a seed are of no use, beside being cut off and refused. */
export type OwnUnusable = 'empty' | 'paused' | 'of_wrong_form'

/** What becomes of one row, if it is processed. */
export interface RowPlan {
  readonly kind: FaultKind | null
  readonly reply: PartialMessage | ErrorReply
  /** Set if the row errors. */
  readonly errorType: WireErrorType | null
  /** Set if the row succeeds. */
  readonly usability: Usability | null
  /** It was cut off by a pause. */
  readonly isPaused: boolean
}

/**
 * Draws what becomes of one row. A success echoes the token of its request, so that an answer can be told from another
 * request's, and so do its token counts.
 */
export function planReply(
  {
    token,
    model,
    ownUnusable,
  }: { readonly token: string; readonly model: unknown; readonly ownUnusable: OwnUnusable },
  strikes: Strikes,
  draw: Draw,
): RowPlan {
  if (strikes.at('row_permanent', draw)) return errored('row_permanent', draw.pick(PERMANENT))
  if (strikes.at('row_errored', draw)) return errored('row_errored', draw.pick(PASSING))
  const usage = {
    ...promptUsage(tokenNumber(token), model),
    output_tokens: draw.whole(1, 500),
  }
  const isOdd = strikes.at('row_odd_text', draw)
  const text = isOdd ? `echo ${token}${ODD_TEXT}` : `echo ${token}`
  const hasForm = ownUnusable === 'of_wrong_form'
  const content = [{ type: 'text', text: hasForm ? JSON.stringify(text) : text }]
  if (!strikes.at('row_unusable', draw)) {
    const kind = isOdd ? 'row_odd_text' : null
    const reply = { content, usage }
    return { kind, reply, errorType: null, usability: 'usable', isPaused: false }
  }
  switch (draw.whole(0, 2)) {
    case 0:
      return unusable({ content, stop_reason: 'max_tokens', usage }, 'cut_off')
    case 1:
      return unusable({ content, stop_reason: 'refusal', usage }, 'refused')
    default: {
      if (ownUnusable === 'empty') return unusable({ content: [], usage }, 'empty')
      if (hasForm) {
        return unusable({ content: [{ type: 'text', text }], usage }, 'output_invalid')
      }
      const reply = { content, stop_reason: 'pause_turn', usage } as const
      return { ...unusable(reply, 'cut_off'), isPaused: true }
    }
  }
}

function errored(kind: FaultKind, type: WireErrorType): RowPlan {
  const error = { type, message: `Synthetic ${type}.` }
  return { kind, reply: { error }, errorType: type, usability: null, isPaused: false }
}

function unusable(reply: PartialMessage, usability: Usability): RowPlan {
  return { kind: 'row_unusable', reply, errorType: null, usability, isPaused: false }
}

function tokenNumber(token: string): number {
  return Number(/\d+/.exec(token)?.[0] ?? 0)
}
