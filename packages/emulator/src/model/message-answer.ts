import type { Response } from './answer.js'
import type { Call } from './call.js'
import { findModel, modelAt } from './catalogue.js'
import type { MessageFault } from './fault.js'
import { isObject } from './json-access.js'
import { parseRowError, planRow } from './plan-row.js'
import type { PromptCache } from './prompt-cache.js'
import { promptSizeOf } from './prompt-size.js'
import { renderMessage } from './render-message.js'
import type { ReplyHook } from './reply-hook.js'
import { COLUMN, ROW_FLAG, ROW_KIND, RowTable, type RowValues } from './row-table.js'
import type { SeededRandom } from './seeded-random.js'
import type { WireErrorType, WireMessage, WireTokenCount } from './wire.js'

/** A real-time message to answer. */
export interface MessageAnswerParams {
  readonly call: Call
  readonly body: unknown
  readonly fault: MessageFault | null
  readonly hooks: readonly ReplyHook[]
  readonly random: SeededRandom
  readonly cache: PromptCache
  /** Books the row that is billed. */
  readonly book: (append: (messages: RowTable) => void) => void
}

const STATUS: Readonly<Record<WireErrorType, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
}

/** Answers and books one real-time message: planned like a row of a batch, by the real-time rules. */
export function messageAnswer(params: MessageAnswerParams): Response<WireMessage> {
  const { call, body, random, fault } = params
  if (isObject(body) && body.stream === true) {
    return call.invalid('stream: the emulator answers in one piece only')
  }
  const row = planRow({
    customId: '',
    params: body,
    context: {
      isBatch: false,
      version: call.version,
      betas: call.betas,
      userProfileId: null,
      now: call.now,
    },
    random,
    hooks: params.hooks.map((hook) => (request) => hook({ ...request, customId: null })),
    nextFault: () => (fault === null ? null : oddities(fault)),
  })
  if (row.kind === ROW_KIND.errored) {
    const { type, message } = parseRowError(row.body)
    return call.error(STATUS[type], type, message)
  }
  const rows = new RowTable()
  rows.append(row)
  lookUpCache(rows, params)
  params.book((messages) => messages.append(settledRow(rows, row)))
  const { version } = call
  return call.ok(renderMessage({ rows, row: 0, random, version, serviceTier: 'standard' }))
}

/** Counts the tokens of a prompt; `max_tokens` need not be there. */
export function countAnswer(call: Call, body: unknown): Response<WireTokenCount> {
  if (!isObject(body)) return call.invalid('Input should be a valid dictionary')
  for (const name of ['model', 'messages']) {
    if (body[name] === undefined) return call.invalid(`${name}: Field required`)
  }
  const index = findModel(String(body.model), call.now)
  if (index === null) return call.error(404, 'not_found_error', `model: ${String(body.model)}`)
  return call.ok({ input_tokens: promptSizeOf(body, modelAt(index)).tokens })
}

function oddities(fault: MessageFault): Pick<MessageFault, 'stopReason' | 'content'> {
  return {
    ...(fault.stopReason === undefined ? {} : { stopReason: fault.stopReason }),
    ...(fault.content === undefined ? {} : { content: fault.content }),
  }
}

// In real time the cache is looked up at once, and a hit is a hit.
function lookUpCache(rows: RowTable, params: MessageAnswerParams): void {
  if (!rows.has(0, ROW_FLAG.hasPrefix)) return
  const tokens = rows.get(0, COLUMN.cacheC)
  const isOneHour = rows.has(0, ROW_FLAG.oneHour)
  const isRead = params.cache.touch({
    workspaceId: params.call.workspaceId,
    hash: { low: rows.get(0, COLUMN.cacheA), high: rows.get(0, COLUMN.cacheB) },
    at: params.call.now,
    isOneHour,
  })
  rows.set(0, COLUMN.inputTokens, rows.get(0, COLUMN.inputTokens) - tokens)
  rows.set(0, COLUMN.cacheA, !isRead && !isOneHour ? tokens : 0)
  rows.set(0, COLUMN.cacheB, !isRead && isOneHour ? tokens : 0)
  rows.set(0, COLUMN.cacheC, isRead ? tokens : 0)
}

function settledRow(rows: RowTable, row: RowValues): RowValues {
  return {
    ...row,
    inputTokens: rows.get(0, COLUMN.inputTokens),
    prefixLow: rows.get(0, COLUMN.cacheA),
    prefixHigh: rows.get(0, COLUMN.cacheB),
    prefixTokens: rows.get(0, COLUMN.cacheC),
  }
}
