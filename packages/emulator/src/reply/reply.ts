import {
  type ErrorReply,
  InvalidReplyError,
  type JsonObject,
  type PartialMessage,
  type ReplyHook,
  type ReplyRequest,
  type WireErrorType,
  type WireStopReason,
} from '../model/index.js'
import { isObject } from '../model/json-access.js'
import { SchemaReplies } from './schema-replies.js'

/** A reply by JSON schema: the text is an instance of it, the same for the same seed and request. */
export interface SchemaReply {
  /** Draft 2020-12, as far as structured outputs know it; `z.toJSONSchema(…)` fits. */
  readonly schema: JsonObject
}

/** What the model is to answer: a text, a message or parts of one, an error, or an instance of a schema. */
export type Reply = string | PartialMessage | ErrorReply | SchemaReply

/** Decides the reply to each request; undefined leaves it to the reply given before, or to the synthetic one. */
export type ReplyFunction = (request: ReplyRequest) => Reply | undefined

const EXPECTED =
  'a text, a message with content, { error: { type, message } } or { schema: JSON schema }'

// Listed by a record, so that a type that is added to the wire has to be added here.
const ERROR_TYPES: Readonly<Record<WireErrorType, true>> = {
  invalid_request_error: true,
  authentication_error: true,
  billing_error: true,
  permission_error: true,
  not_found_error: true,
  conflict_error: true,
  request_too_large: true,
  rate_limit_error: true,
  timeout_error: true,
  api_error: true,
  overloaded_error: true,
}
const STOP_REASONS: Readonly<Record<WireStopReason, true>> = {
  end_turn: true,
  max_tokens: true,
  stop_sequence: true,
  tool_use: true,
  pause_turn: true,
  refusal: true,
  model_context_window_exceeded: true,
}

/**
 * Makes the model's hook of a reply as tests give it. A fixed reply is checked now, a function's each time it is asked.
 *
 * @throws {InvalidReplyError} when it is none; thrown by the hook for what a function returned.
 */
export function hookOf(reply: Reply | ReplyFunction, seed: number): ReplyHook {
  const schemas = new SchemaReplies(seed)
  if (typeof reply !== 'function') {
    const fixed = checkReply('reply', reply, schemas)
    return (request) => answer(fixed, request, schemas)
  }
  return (request) => {
    const given = reply(request)
    if (given === undefined) return undefined
    return answer(checkReply('reply function', given, schemas), request, schemas)
  }
}

function answer(
  reply: Reply,
  request: ReplyRequest,
  schemas: SchemaReplies,
): ReturnType<ReplyHook> {
  if (typeof reply === 'string' || !isSchemaReply(reply)) return reply
  return schemas.textFor(reply.schema, request)
}

function isSchemaReply(reply: Exclude<Reply, string>): reply is SchemaReply {
  return 'schema' in reply
}

function checkReply(where: string, reply: unknown, schemas: SchemaReplies): Reply {
  if (typeof reply === 'string') return reply
  // A list or a promise is an object, too.
  if (!isObject(reply) || reply instanceof Promise) {
    throw new InvalidReplyError(where, EXPECTED, reply)
  }
  if (reply.schema !== undefined) {
    schemas.check(`${where}.schema`, reply.schema)
    return { schema: reply.schema as JsonObject }
  }
  if (reply.error !== undefined) return checkError(where, reply)
  return checkMessage(where, reply)
}

function checkError(where: string, reply: JsonObject): ErrorReply {
  const { error } = reply
  const { type, message } = isObject(error) ? error : {}
  if (typeof type !== 'string' || !Object.hasOwn(ERROR_TYPES, type)) {
    const types = Object.keys(ERROR_TYPES).join(', ')
    throw new InvalidReplyError(`${where}.error.type`, `one of ${types}`, type)
  }
  if (typeof message !== 'string') {
    throw new InvalidReplyError(`${where}.error.message`, 'a text', message)
  }
  return { error: { type: type as WireErrorType, message } }
}

function checkMessage(where: string, reply: JsonObject): PartialMessage {
  const { content, stop_reason: reason, usage } = reply
  if (content === undefined && reason === undefined) {
    throw new InvalidReplyError(where, EXPECTED, reply)
  }
  const isBlock = (block: unknown): boolean => isObject(block) && typeof block.type === 'string'
  if (content !== undefined && !(Array.isArray(content) && content.every(isBlock))) {
    throw new InvalidReplyError(`${where}.content`, 'a list of blocks, each with a type', content)
  }
  if (reason !== undefined && reason !== null && !isStopReason(reason)) {
    const reasons = Object.keys(STOP_REASONS).join(', ')
    throw new InvalidReplyError(`${where}.stop_reason`, `one of ${reasons}`, reason)
  }
  if (usage !== undefined) checkUsage(`${where}.usage`, usage)
  return reply as PartialMessage
}

function isStopReason(reason: unknown): boolean {
  return typeof reason === 'string' && Object.hasOwn(STOP_REASONS, reason)
}

function checkUsage(where: string, usage: unknown): void {
  if (!isObject(usage)) throw new InvalidReplyError(where, 'an object of token counts', usage)
  for (const name of [
    'input_tokens',
    'output_tokens',
    'cache_creation_input_tokens',
    'cache_read_input_tokens',
  ]) {
    const count = usage[name] ?? 0
    if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) continue
    throw new InvalidReplyError(`${where}.${name}`, 'a whole number from 0', count)
  }
}
