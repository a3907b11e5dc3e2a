/** Any JSON object whose members are not known beforehand. */
export type JsonObject = Readonly<Record<string, unknown>>

/** How many requests of a batch are in which state. The five always add up to the size of the batch. */
export interface WireRequestCounts {
  readonly processing: number
  readonly succeeded: number
  readonly errored: number
  readonly canceled: number
  readonly expired: number
}

/** The three states of a batch on the wire. */
export type WireBatchStatus = 'in_progress' | 'canceling' | 'ended'

/** A Message Batch as the API shows it. Instants are RFC 3339 with microseconds and `Z`. */
export interface WireBatch {
  readonly id: string
  readonly type: 'message_batch'
  readonly processing_status: WireBatchStatus
  readonly request_counts: WireRequestCounts
  readonly created_at: string
  readonly expires_at: string
  readonly ended_at: string | null
  readonly cancel_initiated_at: string | null
  readonly archived_at: string | null
  readonly results_url: string | null
}

/** One page of batches, newest first. `has_more` speaks of the direction that was asked for. */
export interface WireBatchPage {
  readonly data: readonly WireBatch[]
  readonly has_more: boolean
  readonly first_id: string | null
  readonly last_id: string | null
}

/** The answer to a delete. */
export interface WireDeletedBatch {
  readonly id: string
  readonly type: 'message_batch_deleted'
}

/** The answer to a token count. */
export interface WireTokenCount {
  readonly input_tokens: number
}

/** The error types that the API and its result rows use. */
export type WireErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'billing_error'
  | 'permission_error'
  | 'not_found_error'
  | 'conflict_error'
  | 'request_too_large'
  | 'rate_limit_error'
  | 'timeout_error'
  | 'api_error'
  | 'overloaded_error'

/** What went wrong, inside the envelope. */
export interface WireErrorBody {
  readonly type: WireErrorType
  readonly message: string
  readonly details?: JsonObject | null
}

/** The envelope of every error: HTTP answers and, nested once more, errored result rows. */
export interface WireError {
  readonly type: 'error'
  readonly error: WireErrorBody
  readonly request_id: string | null
}

/** What one message cost in tokens. Total prompt = input + cache creation + cache read. */
export interface WireUsage {
  readonly input_tokens: number
  readonly cache_creation_input_tokens: number
  readonly cache_read_input_tokens: number
  readonly cache_creation: {
    readonly ephemeral_5m_input_tokens: number
    readonly ephemeral_1h_input_tokens: number
  } | null
  readonly output_tokens: number
  readonly service_tier: 'standard' | 'batch'
  readonly inference_geo: 'global' | 'us' | 'not_available'
  readonly server_tool_use?: JsonObject | null
  readonly output_tokens_details?: JsonObject | null
}

/** Why a message stopped. */
export type WireStopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | 'model_context_window_exceeded'

/** A message by the model. Members that only API version 2026-10-21 has are optional. */
export interface WireMessage {
  readonly id: string
  readonly type: 'message'
  readonly role: 'assistant'
  readonly model: string
  readonly content: readonly JsonObject[]
  readonly stop_reason: WireStopReason
  readonly stop_sequence: string | null
  readonly stop_details?: JsonObject | null
  readonly container?: null
  readonly diagnostics?: null
  readonly usage: WireUsage
}

/** One line of a result file. */
export interface WireResultRow {
  readonly custom_id: string
  readonly result:
    | { readonly type: 'succeeded'; readonly message: WireMessage }
    | { readonly type: 'errored'; readonly error: WireError }
    | { readonly type: 'canceled' }
    | { readonly type: 'expired' }
}

/** How a row of a batch ended, in the provider's words. */
export type WireOutcome = WireResultRow['result']['type']

/** One entry of the model list. */
export interface WireModel {
  readonly type: 'model'
  readonly id: string
  readonly display_name: string
  readonly created_at: string
  readonly max_input_tokens: number | null
  readonly max_tokens: number | null
  readonly lifecycle: 'active' | 'deprecated' | 'retired'
  readonly retires_at: string | null
  readonly capabilities: { readonly batch: { readonly supported: boolean } }
}

/** The model list, one page. */
export interface WireModelPage {
  readonly data: readonly WireModel[]
  readonly has_more: false
  readonly first_id: string | null
  readonly last_id: string | null
}
