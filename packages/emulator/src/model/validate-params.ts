import { findModel, type ModelFacts, modelAt } from './catalogue.js'
import { blocksOf, isObject, listOf } from './json-access.js'
import { invalidParams as invalid, type ParamsFault } from './params-fault.js'
import { findBadSource } from './validate-source.js'
import type { JsonObject } from './wire.js'

/** Where a request comes from; some rules hold only in batches, some only under the newer API version. */
export interface ParamsContext {
  readonly isBatch: boolean
  readonly version: string
  readonly betas: readonly string[]
  readonly userProfileId: string | null
  /** Epoch milliseconds; retired models fail by it. */
  readonly now: number
}

/** The beta that allows 300,000 output tokens, in batches only. */
const LONG_OUTPUT_BETA = 'output-300k-2026-03-24'
const LONG_OUTPUT_TOKENS = 300_000
const SAMPLING = ['temperature', 'top_p', 'top_k'] as const
const TOOL_MEMBERS: ReadonlySet<string> = new Set([
  'type',
  'name',
  'description',
  'input_schema',
  'cache_control',
  'strict',
  'defer_loading',
  'allowed_callers',
  'input_examples',
  'eager_input_streaming',
])

/**
 * Finds the first thing that is wrong with `params`; null if they can run.
 *
 * Texts for missing members, models, `max_tokens`, `stream`, tools, files and thinking are those
 * captured from the service in September 2026; the rest follow their style.
 */
export function validateParams(params: unknown, context: ParamsContext): ParamsFault | null {
  if (!isObject(params)) return invalid('params: Input should be a valid dictionary')
  return (
    missingMember(params) ??
    badMode(params, context) ??
    badModel(params, context) ??
    badMaxTokens(params, context) ??
    badMessages(params, context) ??
    badTools(params) ??
    badSettings(params, context) ??
    findBadSource(params)
  )
}

function missingMember(params: JsonObject): ParamsFault | null {
  for (const name of ['model', 'messages', 'max_tokens']) {
    if (params[name] === undefined) return invalid(`${name}: Field required`)
  }
  return null
}

function badMode(params: JsonObject, context: ParamsContext): ParamsFault | null {
  if (!context.isBatch) return null
  if (params.stream === true) {
    return invalid('"stream=True" is not supported in the Message Batches API')
  }
  if (params.speed !== undefined) {
    return invalid('"speed" is not supported in the Message Batches API')
  }
  return null
}

function badModel(params: JsonObject, context: ParamsContext): ParamsFault | null {
  if (typeof params.model !== 'string') return invalid('model: Input should be a valid string')
  if (findModel(params.model, context.now) !== null) return null
  return { type: 'not_found_error', message: `model: ${params.model}`, isExecuted: false }
}

function badMaxTokens(params: JsonObject, context: ParamsContext): ParamsFault | null {
  const tokens = params.max_tokens
  if (typeof tokens !== 'number' || !Number.isInteger(tokens)) {
    return invalid('max_tokens: Input should be a valid integer')
  }
  // Zero warms the cache in real time; a batch has no use for it.
  if (tokens < (context.isBatch ? 1 : 0)) {
    return invalid('max_tokens: must be greater than or equal to 1')
  }
  const model = resolve(params, context)
  const most = mostOutputTokens(model, context)
  if (most === null || tokens <= most) return null
  return invalid(
    `max_tokens: ${tokens} > ${most}, which is the maximum allowed number of output tokens for ${model.id}`,
  )
}

function mostOutputTokens(model: ModelFacts, context: ParamsContext): number | null {
  const isLong = context.isBatch && model.hasLongOutput && context.betas.includes(LONG_OUTPUT_BETA)
  return isLong ? LONG_OUTPUT_TOKENS : model.maxOutputTokens
}

function badMessages(params: JsonObject, context: ParamsContext): ParamsFault | null {
  const { messages } = params
  if (!Array.isArray(messages)) return invalid('messages: Input should be a valid list')
  if (messages.length === 0) return invalid('messages: at least one message is required')
  for (const [index, message] of messages.entries()) {
    const where = `messages.${index}`
    if (!isObject(message)) return invalid(`${where}: Input should be a valid dictionary`)
    for (const name of ['role', 'content']) {
      if (message[name] === undefined) return invalid(`${where}.${name}: Field required`)
    }
    const wrong = badBlocks(message, where, context)
    if (wrong !== null) return wrong
  }
  return null
}

function badBlocks(message: JsonObject, where: string, context: ParamsContext): ParamsFault | null {
  if (context.version < '2026-10-21') return null
  for (const [index, block] of blocksOf(message.content).entries()) {
    if (!isObject(block)) continue
    const path = `${where}.content.${index}`
    if (message.role === 'assistant' && block.type === 'document') {
      return invalid(`${path}: document blocks are not allowed in assistant messages`)
    }
    if (message.role === 'user' && block.type === 'text' && listOf(block.citations).length > 0) {
      return invalid(`${path}.text.citations: citations are not allowed in user messages`)
    }
  }
  return null
}

function badTools(params: JsonObject): ParamsFault | null {
  for (const [index, tool] of listOf(params.tools).entries()) {
    if (!isObject(tool) || (tool.type !== undefined && tool.type !== 'custom')) continue
    const where = `tools.${index}.custom`
    for (const name of ['name', 'input_schema']) {
      if (tool[name] === undefined) return invalid(`${where}.${name}: Field required`)
    }
    const extra = Object.keys(tool).find((name) => !TOOL_MEMBERS.has(name))
    if (extra !== undefined) return invalid(`${where}.${extra}: Extra inputs are not permitted`)
  }
  return null
}

function badSettings(params: JsonObject, context: ParamsContext): ParamsFault | null {
  const model = resolve(params, context)
  if (context.version >= '2026-10-21') {
    const sampling = SAMPLING.find((name) => params[name] !== undefined)
    if (sampling !== undefined) return invalid(`${sampling}: Extra inputs are not permitted`)
  }
  const thinking = params.thinking
  if (model.id === 'claude-opus-5' && isObject(thinking) && thinking.type === 'enabled') {
    return invalid(
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort"',
    )
  }
  if (params.inference_geo === 'us' && !model.hasGeo) {
    return invalid(`inference_geo: not supported for ${model.id}`)
  }
  const profile = params.user_profile_id
  if (
    context.userProfileId !== null &&
    profile !== undefined &&
    profile !== context.userProfileId
  ) {
    return invalid('user_profile_id: does not match the anthropic-user-profile-id header')
  }
  return null
}

function resolve(params: JsonObject, context: ParamsContext): ModelFacts {
  return modelAt(findModel(String(params.model), context.now) ?? 0)
}
