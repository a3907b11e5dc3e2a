/** A span of time and what fell into it. Starts are inclusive, ends exclusive; RFC 3339 in UTC. */
export interface WireBucket<Item> {
  readonly starting_at: string
  readonly ending_at: string
  /** Empty when nothing fell into it. */
  readonly results: readonly Item[]
}

/** One page of a report, oldest bucket first. `next_page` is what the next call gives as `page`. */
export interface WireReport<Item> {
  readonly data: readonly WireBucket<Item>[]
  readonly has_more: boolean
  readonly next_page: string | null
}

/** Prompts up to 200,000 tokens, and longer ones. There is no class for the step of Haiku 5.5 at 100,000. */
export type WireContextWindow = '0-200k' | '200k-1M'

/** Tokens of a group. Members that were not grouped by are null, and so is the default workspace. */
export interface WireUsageItem {
  readonly uncached_input_tokens: number
  readonly cache_creation: {
    readonly ephemeral_1h_input_tokens: number
    readonly ephemeral_5m_input_tokens: number
  }
  readonly cache_read_input_tokens: number
  readonly output_tokens: number
  readonly server_tool_use: { readonly web_search_requests: number }
  readonly model: string | null
  readonly workspace_id: string | null
  readonly service_tier: 'standard' | 'batch' | null
  readonly context_window: WireContextWindow | null
  readonly inference_geo: 'global' | 'us' | 'not_available' | null
  /** Always null here: the emulator knows no keys and no accounts by ids. */
  readonly api_key_id: null
  readonly account_id: null
  readonly service_account_id: null
}

/** The kinds of tokens that a cost report tells apart. */
export type WireTokenType =
  | 'uncached_input_tokens'
  | 'output_tokens'
  | 'cache_read_input_tokens'
  | 'cache_creation.ephemeral_5m_input_tokens'
  | 'cache_creation.ephemeral_1h_input_tokens'

/** Money of a group. All but amount, currency and workspace are null unless grouped by description. */
export interface WireCostItem {
  /** Cents as decimal text: `"123.45"` is $1.2345. */
  readonly amount: string
  readonly currency: 'USD'
  readonly workspace_id: string | null
  readonly description: string | null
  readonly cost_type: 'tokens' | 'web_search' | null
  readonly model: string | null
  readonly token_type: WireTokenType | null
  readonly service_tier: 'standard' | 'batch' | null
  readonly context_window: WireContextWindow | null
  readonly inference_geo: 'global' | 'us' | 'not_available' | null
}

/** A limit of the organization and what it covers. Version 2023-06-01 has `group_type` in the place of `group`. */
export interface WireRateLimit {
  readonly type: 'rate_limit'
  readonly group?: { readonly type: WireRateLimitGroup; readonly id: string }
  readonly group_type?: WireRateLimitGroup
  /** Ids and aliases; null for what is not about models. */
  readonly models: readonly string[] | null
  readonly limits: readonly { readonly type: string; readonly value: number }[]
}

/** What a limit is about. */
export type WireRateLimitGroup = 'model_group' | 'batch' | 'token_count'

/** The limits, on one page. */
export interface WireRateLimits {
  readonly data: readonly WireRateLimit[]
  readonly next_page: null
}
