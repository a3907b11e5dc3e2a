import { findModel, type ModelFacts, modelAt } from './catalogue.js'
import type { MessageFault, RowFault } from './fault.js'
import { isObject, listOf } from './json-access.js'
import { charactersIn, tokensOf } from './prompt-size.js'
import type { ErrorReply, PartialMessage, ReplyHook, ReplyParams } from './reply-hook.js'
import { sampleOf } from './schema-sample.js'
import { digestInput, type InputDigest, syntheticText } from './synthetic-text.js'
import type { JsonObject, WireStopReason } from './wire.js'

/** What a request is going to be answered with. */
export type PlannedMessage =
  | {
      readonly type: 'synthetic'
      readonly digest: InputDigest
      readonly outputTokens: number
      readonly isCutOff: boolean
    }
  | { readonly type: 'message'; readonly message: PartialMessage; readonly outputTokens: number }
  | { readonly type: 'error'; readonly error: ErrorReply['error'] }

/** What decides the answer, besides the params. */
export interface PlanMessageParams {
  readonly customId: string | null
  readonly params: ReplyParams
  readonly model: ModelFacts
  readonly fault: Pick<MessageFault & RowFault, 'stopReason' | 'content'> | null
  readonly hooks: readonly ReplyHook[]
}

/** Decides the answer to one valid request: by a fault, else by a hook, else synthetic. */
export function planMessage(plan: PlanMessageParams): PlannedMessage {
  const { params, model, fault } = plan
  if (fault?.content !== undefined || fault?.stopReason !== undefined) {
    return planOdd(params, model, fault)
  }
  for (const hook of plan.hooks) {
    const reply = hook({ customId: plan.customId, params })
    if (reply !== undefined) return planReply(reply, params, model)
  }
  return planForced(params, model) ?? planSynthetic(params, model)
}

/** The model that valid params name. */
export function modelOf(params: ReplyParams, now: number): ModelFacts {
  return modelAt(findModel(params.model, now) ?? 0)
}

function planSynthetic(params: ReplyParams, model: ModelFacts): PlannedMessage {
  const digest = digestInput(params)
  const needed = tokensOf(syntheticText(digest).length, model)
  return {
    type: 'synthetic',
    digest,
    outputTokens: Math.min(needed, params.max_tokens),
    isCutOff: needed > params.max_tokens,
  }
}

function planReply(
  reply: string | PartialMessage | ErrorReply,
  params: ReplyParams,
  model: ModelFacts,
): PlannedMessage {
  if (typeof reply === 'string') return planText(reply, params, model)
  if ('error' in reply) return { type: 'error', error: reply.error }
  const outputTokens = reply.usage?.output_tokens ?? tokensOf(sizeOf(reply.content), model)
  return { type: 'message', message: reply, outputTokens }
}

function planText(value: string, params: ReplyParams, model: ModelFacts): PlannedMessage {
  const needed = tokensOf(value.length, model)
  const isCutOff = needed > params.max_tokens
  const text = isCutOff ? value.slice(0, charactersIn(params.max_tokens, model)) : value
  return {
    type: 'message',
    message: {
      content: text === '' ? [] : [{ type: 'text', text }],
      stop_reason: isCutOff ? 'max_tokens' : 'end_turn',
    },
    outputTokens: Math.min(needed, params.max_tokens),
  }
}

/** Answers that the request forces into a form: structured output, or the use of a tool. */
function planForced(params: ReplyParams, model: ModelFacts): PlannedMessage | null {
  const tool = forcedTool(params)
  if (tool !== null) {
    const input = sampleOf(tool.input_schema)
    const content = [{ type: 'tool_use', id: 'toolu_01', name: String(tool.name), input }]
    const outputTokens = tokensOf(sizeOf(content), model)
    return { type: 'message', message: { content, stop_reason: 'tool_use' }, outputTokens }
  }
  const config = params.output_config
  const format = isObject(config) ? config.format : undefined
  if (!isObject(format) || format.type !== 'json_schema') return null
  return planText(JSON.stringify(sampleOf(format.schema)), params, model)
}

function forcedTool(params: ReplyParams): JsonObject | null {
  const choice = params.tool_choice
  if (!isObject(choice) || (choice.type !== 'tool' && choice.type !== 'any')) return null
  const tools = listOf(params.tools).filter(isObject)
  const named = tools.find((tool) => tool.name === choice.name)
  return (choice.type === 'tool' ? named : tools[0]) ?? null
}

/** Answers that succeed and are of no use: refusals, unfinished turns, nothing said. */
function planOdd(
  params: ReplyParams,
  model: ModelFacts,
  fault: NonNullable<PlanMessageParams['fault']>,
): PlannedMessage {
  const reason: WireStopReason =
    fault.stopReason ?? (fault.content === 'thinking' ? 'max_tokens' : 'end_turn')
  const content = oddContent(fault.content, params)
  const isRefusal = reason === 'refusal'
  return {
    type: 'message',
    message: {
      content,
      stop_reason: reason,
      stop_sequence:
        reason === 'stop_sequence' ? String(listOf(params.stop_sequences)[0] ?? '') : null,
      stop_details: isRefusal ? { type: 'refusal', category: null, explanation: null } : null,
    },
    outputTokens: Math.min(tokensOf(sizeOf(content), model), Math.max(1, params.max_tokens)),
  }
}

function oddContent(kind: RowFault['content'], params: ReplyParams): JsonObject[] {
  if (kind === 'empty') return []
  if (kind === 'thinking') {
    return [{ type: 'thinking', thinking: '[synthetic thinking]', signature: 'c3ludGhldGlj' }]
  }
  return [{ type: 'text', text: syntheticText(digestInput(params)) }]
}

function sizeOf(content: unknown): number {
  return listOf(content).reduce<number>((sum, block) => {
    const isText = isObject(block) && typeof block.text === 'string'
    return sum + (isText ? String(block.text).length : JSON.stringify(block).length)
  }, 0)
}
