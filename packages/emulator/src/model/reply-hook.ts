import type { JsonObject, WireErrorType, WireStopReason } from './wire.js'

/** What a {@link ReplyHook} is told of a request. */
export interface ReplyRequest {
  /** The id on the wire; null for a real-time message. */
  readonly customId: string | null
  /** The request's params, which have passed validation. */
  readonly params: ReplyParams
}

/** Params that have passed validation; members beyond these are as the caller sent them. */
export interface ReplyParams extends JsonObject {
  readonly model: string
  readonly max_tokens: number
  readonly messages: readonly JsonObject[]
}

/** A block of a message's content: one's own, or one of the SDK's types. */
export type ReplyBlock = JsonObject | { readonly type: string }

/**
 * Members of a message that a hook may decide; the rest is filled in. A whole message of the SDK is one, too: its id,
 * model and further members are replaced.
 */
export interface PartialMessage {
  readonly content?: readonly ReplyBlock[]
  readonly stop_reason?: WireStopReason | null
  readonly stop_sequence?: string | null
  readonly stop_details?: object | null
  /** Token counts that replace the emulator's own; null or left out: the emulator counts. */
  readonly usage?: ReplyUsage
}

/** Token counts of a reply. */
export interface ReplyUsage {
  readonly input_tokens?: number | null
  readonly cache_creation_input_tokens?: number | null
  /** Of these how many were written for an hour; the others were for five minutes. */
  readonly cache_creation?: { readonly ephemeral_1h_input_tokens?: number | null } | null
  readonly cache_read_input_tokens?: number | null
  readonly output_tokens?: number | null
  readonly server_tool_use?: object | null
}

/** A reply that makes the row `errored`. */
export interface ErrorReply {
  readonly error: { readonly type: WireErrorType; readonly message: string }
}

/**
 * Decides what the model answers. A text, parts of a message, or an error; undefined leaves it to
 * the next hook or to the synthetic reply. Called once, when the request is planned.
 */
export type ReplyHook = (request: ReplyRequest) => string | PartialMessage | ErrorReply | undefined

/** A message with one text block, for use in a {@link ReplyHook}. */
export function text(value: string): PartialMessage {
  return { content: [{ type: 'text', text: value }] }
}
