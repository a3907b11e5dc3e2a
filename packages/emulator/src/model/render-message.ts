import { type ModelFacts, modelAt } from './catalogue.js'
import { isObject } from './json-access.js'
import { charactersIn } from './prompt-size.js'
import { providerId } from './provider-id.js'
import type { PartialMessage } from './reply-hook.js'
import { COLUMN, ROW_FLAG, ROW_KIND, type RowTable } from './row-table.js'
import type { SeededRandom } from './seeded-random.js'
import { syntheticText } from './synthetic-text.js'
import type { JsonObject, WireMessage, WireUsage } from './wire.js'

/** Where and how a message is shown. */
export interface RenderMessageParams {
  readonly rows: RowTable
  readonly row: number
  /** Stream that the message's ids are drawn from; the same row must always get the same. */
  readonly random: SeededRandom
  readonly version: string
  readonly serviceTier: WireUsage['service_tier']
}

/** Shows a planned success as the API does. */
export function renderMessage(params: RenderMessageParams): WireMessage {
  const { rows, row, random, version } = params
  const model = modelAt(rows.get(row, COLUMN.model))
  const id = providerId('msg', random)
  const partial = partialOf(rows, row, model)
  const content = (partial.content ?? []).map((block) =>
    block.type === 'tool_use' && block.id === 'toolu_01'
      ? { ...block, id: providerId('toolu', random) }
      : block,
  )
  const isNewer = version >= '2026-10-21'
  const hasDetails = isNewer || (partial.stop_details ?? null) !== null
  return {
    id,
    type: 'message',
    role: 'assistant',
    model: model.id,
    content,
    stop_reason: partial.stop_reason ?? 'end_turn',
    stop_sequence: partial.stop_sequence ?? null,
    ...(hasDetails ? { stop_details: partial.stop_details ?? null } : {}),
    ...(isNewer ? { container: null, diagnostics: null } : {}),
    usage: { ...usageOf(params), ...extraUsage(partial, isNewer) },
  }
}

function usageOf(params: Omit<RenderMessageParams, 'random' | 'version'>): WireUsage {
  const { rows, row, serviceTier } = params
  const fiveMinutes = rows.get(row, COLUMN.cacheA)
  const oneHour = rows.get(row, COLUMN.cacheB)
  const chosenGeo = rows.has(row, ROW_FLAG.usGeo) ? 'us' : 'global'
  return {
    input_tokens: rows.get(row, COLUMN.inputTokens),
    cache_creation_input_tokens: fiveMinutes + oneHour,
    cache_read_input_tokens: rows.get(row, COLUMN.cacheC),
    cache_creation: {
      ephemeral_5m_input_tokens: fiveMinutes,
      ephemeral_1h_input_tokens: oneHour,
    },
    output_tokens: rows.get(row, COLUMN.outputTokens),
    service_tier: serviceTier,
    inference_geo: modelAt(rows.get(row, COLUMN.model)).hasGeo ? chosenGeo : 'not_available',
  }
}

/** The tokens of a planned success, and the server tools it used, if a hook said so. */
export function fullUsageOf(params: Omit<RenderMessageParams, 'random' | 'version'>): WireUsage {
  const { rows, row } = params
  if (rows.get(row, COLUMN.kind) !== ROW_KIND.message) return usageOf(params)
  const partial = partialOf(rows, row, modelAt(rows.get(row, COLUMN.model)))
  return { ...usageOf(params), ...extraUsage(partial, false) }
}

// What a reply's blocks and details have become on their way through JSON.
interface StoredMessage extends Omit<PartialMessage, 'content' | 'stop_details' | 'usage'> {
  readonly content?: readonly JsonObject[]
  readonly stop_details?: JsonObject | null
  readonly usage?: { readonly server_tool_use?: JsonObject | null }
}

function partialOf(rows: RowTable, row: number, model: ModelFacts): StoredMessage {
  const body = rows.body(row)
  if (rows.get(row, COLUMN.kind) === ROW_KIND.message) {
    const partial: unknown = JSON.parse(body)
    return isObject(partial) ? (partial as StoredMessage) : {}
  }
  const whole = syntheticText({ characters: rows.get(row, COLUMN.characters), lead: body })
  if (!rows.has(row, ROW_FLAG.cutOff)) return { content: [{ type: 'text', text: whole }] }
  const text = whole.slice(0, charactersIn(rows.get(row, COLUMN.outputTokens), model))
  const content = text === '' ? [] : [{ type: 'text', text }]
  return { content, stop_reason: 'max_tokens' }
}

// Captures under the older version lack these members; the newer one has them, null where unused.
function extraUsage(partial: StoredMessage, isNewer: boolean): Partial<WireUsage> {
  const tools = partial.usage?.server_tool_use
  if (isNewer) return { server_tool_use: tools ?? null, output_tokens_details: null }
  return tools === undefined ? {} : { server_tool_use: tools }
}
