import type { WireErrorType } from './wire.js'

/** Why a request can't run. `isExecuted`: the failure came while it ran, not before. */
export interface ParamsFault {
  readonly type: WireErrorType
  readonly message: string
  readonly isExecuted: boolean
}

/** A fault of the caller's, found before anything ran. */
export function invalidParams(message: string): ParamsFault {
  return { type: 'invalid_request_error', message, isExecuted: false }
}
