import { MODELS } from './catalogue.js'
import type { RowFault } from './fault.js'
import { isObject } from './json-access.js'
import { modelOf, planMessage } from './plan-message.js'
import { promptSizeOf } from './prompt-size.js'
import type { PartialMessage, ReplyHook, ReplyParams } from './reply-hook.js'
import { ROW_FLAG, ROW_KIND, type RowValues } from './row-table.js'
import type { SeededRandom } from './seeded-random.js'
import { type ParamsContext, validateParams } from './validate-params.js'
import type { WireErrorType } from './wire.js'

/** The error of an errored row, as the row keeps it. */
export interface RowError {
  readonly type: WireErrorType
  readonly message: string
  /** Whether it came while the request ran; then the row bears a worker's request id. */
  readonly isExecuted: boolean
}

/** Everything that decides how a row of a batch will end. */
export interface PlanRowParams {
  readonly customId: string
  /** The parsed params, of any shape. */
  readonly params: unknown
  readonly context: ParamsContext
  readonly random: SeededRandom
  readonly hooks: readonly ReplyHook[]
  /** Asked once for each row whose params are valid. */
  readonly nextFault: (params: unknown) => RowFault | null
}

/** Plans one row. Nothing of the params is kept but what the result needs. */
export function planRow(plan: PlanRowParams): RowValues {
  const { customId, params, context } = plan
  const progress = plan.random.uint32()
  const wrong = validateParams(params, context)
  if (wrong !== null) return errored(customId, progress, wrong)
  const fault = plan.nextFault(params)
  if (fault?.refused === true) {
    const row = succeeding(plan, params as ReplyParams, progress, null)
    return { ...row, flags: row.flags | ROW_FLAG.refused }
  }
  if (fault?.outcome === 'errored') return errored(customId, progress, errorOf(fault))
  const row = succeeding(plan, params as ReplyParams, progress, fault)
  if (fault?.outcome !== 'expired') return row
  return fault.early === true
    ? { ...row, kind: ROW_KIND.expired, body: '' }
    : { ...row, flags: row.flags | ROW_FLAG.held }
}

function succeeding(
  plan: PlanRowParams,
  params: ReplyParams,
  progress: number,
  fault: RowFault | null,
): RowValues {
  const { customId, context, hooks } = plan
  const model = modelOf(params, context.now)
  const planned = planMessage({ customId, params, model, fault, hooks })
  if (planned.type === 'error') {
    return errored(customId, progress, { ...planned.error, isExecuted: true })
  }
  const size = promptSizeOf(params, model)
  const isSynthetic = planned.type === 'synthetic'
  const told = isSynthetic ? undefined : planned.message.usage
  // Token counts told by a hook stand as they are; otherwise the cache has its say at acceptance.
  const prefix = told === undefined ? size.prefix : null
  const cutOff = isSynthetic && planned.isCutOff ? ROW_FLAG.cutOff : 0
  return {
    customId,
    body: isSynthetic ? planned.digest.lead : JSON.stringify(planned.message),
    kind: isSynthetic ? ROW_KIND.synthetic : ROW_KIND.message,
    flags:
      cutOff |
      (params.inference_geo === 'us' ? ROW_FLAG.usGeo : 0) |
      (prefix === null ? 0 : ROW_FLAG.hasPrefix) |
      (prefix?.isOneHour === true ? ROW_FLAG.oneHour : 0),
    model: MODELS.indexOf(model),
    progress,
    inputTokens: told?.input_tokens ?? size.tokens,
    ...cacheColumns(told, prefix),
    outputTokens: planned.outputTokens,
    characters: isSynthetic ? planned.digest.characters : 0,
  }
}

type CacheColumns = Pick<RowValues, 'prefixLow' | 'prefixHigh' | 'prefixTokens'>

function cacheColumns(
  told: PartialMessage['usage'],
  prefix: ReturnType<typeof promptSizeOf>['prefix'],
): CacheColumns {
  if (prefix !== null) {
    return { prefixLow: prefix.hash.low, prefixHigh: prefix.hash.high, prefixTokens: prefix.tokens }
  }
  const written = told?.cache_creation_input_tokens ?? 0
  const oneHour = Math.min(written, told?.cache_creation?.ephemeral_1h_input_tokens ?? 0)
  return {
    prefixLow: written - oneHour,
    prefixHigh: oneHour,
    prefixTokens: told?.cache_read_input_tokens ?? 0,
  }
}

function errored(customId: string, progress: number, error: RowError): RowValues {
  return {
    customId,
    body: JSON.stringify(error),
    kind: ROW_KIND.errored,
    flags: 0,
    model: 0,
    progress,
    inputTokens: 0,
    prefixLow: 0,
    prefixHigh: 0,
    prefixTokens: 0,
    outputTokens: 0,
    characters: 0,
  }
}

const TEXTS: Partial<Record<WireErrorType, string>> = {
  api_error: 'Internal server error',
  overloaded_error: 'Overloaded',
  timeout_error: 'Request timed out',
  rate_limit_error: 'This request would exceed your rate limit.',
  invalid_request_error: 'The request is invalid.',
}

function errorOf(fault: RowFault): RowError {
  const type = fault.error ?? 'api_error'
  return { type, message: fault.message ?? TEXTS[type] ?? `Synthetic ${type}.`, isExecuted: true }
}

/** Reads back the error of an errored row. */
export function parseRowError(body: string): RowError {
  const error: unknown = JSON.parse(body)
  return isObject(error)
    ? (error as unknown as RowError)
    : { type: 'api_error', message: TEXTS.api_error ?? '', isExecuted: true }
}
