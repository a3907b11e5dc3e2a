import type { Response } from './answer.js'
import { Call } from './call.js'
import { type Caller, refuseCaller } from './caller.js'
import { envelope } from './fault-answer.js'
import { httpDate } from './instant-text.js'

/** What the door looks at. */
export interface AdmitParams {
  readonly now: number
  readonly caller: Caller
  readonly workspaces: ReadonlyMap<string, string> | null
  /** The caller's workspace; null if the key has none. */
  readonly workspaceId: string | null
  readonly organizationId: string
  readonly requestId: string
}

/** Lets a caller in, or answers why not. Every answer bears the server's date and a request id. */
export function admit(params: AdmitParams): Call | Response<never> {
  const { now, caller, workspaceId } = params
  const headers = {
    date: httpDate(now),
    'request-id': params.requestId,
    'anthropic-organization-id': params.organizationId,
  }
  const refusal = refuseCaller(caller, params.workspaces)
  if (refusal !== null) {
    const { status, ...error } = refusal
    return envelope(status, headers, error)
  }
  return new Call({
    now,
    workspaceId: workspaceId ?? '',
    origin: caller.origin,
    version: caller.version ?? '',
    betas: caller.betas,
    headers: { ...headers, 'anthropic-workspace-id': workspaceId ?? '' },
  })
}
