import type { WireUsageItem } from './admin-wire.js'
import type { BilledCall, ReportKind } from './report.js'
import type { ReportRules } from './report-query.js'

/** What a usage report may be asked for. Source: its reference, August 2026. */
export const USAGE_RULES: ReportRules = {
  widths: ['1m', '1h', '1d'],
  groups: [
    'account_id',
    'api_key_id',
    'context_window',
    'inference_geo',
    'model',
    'service_account_id',
    'service_tier',
    'workspace_id',
  ],
  filters: {
    models: null,
    workspace_ids: null,
    service_tiers: ['standard', 'batch', 'priority', 'priority_on_demand', 'flex', 'flex_discount'],
    context_window: ['0-200k', '200k-1M'],
    inference_geos: ['global', 'us', 'not_available'],
  },
  unknownFilters: ['api_key_ids', 'account_ids', 'service_account_ids', 'speeds'],
}

type Sum = { -readonly [Name in keyof WireUsageItem]: WireUsageItem[Name] }

/** Tokens by group. */
export const USAGE_REPORT: ReportKind<Sum, WireUsageItem> = {
  filterBy: {
    models: ({ model }) => model,
    workspace_ids: ({ workspaceId }) => workspaceId ?? '',
    service_tiers: ({ usage }) => usage.service_tier,
    context_window: ({ contextWindow }) => contextWindow,
    inference_geos: ({ usage }) => usage.inference_geo,
  },
  addTo(sums, call, groupBy) {
    const group = groupOf(call, groupBy)
    const key = JSON.stringify(group)
    const sum = sums.get(key) ?? { ...NOTHING, ...group }
    sums.set(key, sum)
    const { usage } = call
    const written = usage.cache_creation
    sum.uncached_input_tokens += usage.input_tokens
    sum.cache_read_input_tokens += usage.cache_read_input_tokens
    sum.output_tokens += usage.output_tokens
    sum.cache_creation = {
      ephemeral_1h_input_tokens:
        sum.cache_creation.ephemeral_1h_input_tokens + (written?.ephemeral_1h_input_tokens ?? 0),
      ephemeral_5m_input_tokens:
        sum.cache_creation.ephemeral_5m_input_tokens + (written?.ephemeral_5m_input_tokens ?? 0),
    }
    const searches = Number(usage.server_tool_use?.web_search_requests ?? 0)
    sum.server_tool_use = {
      web_search_requests: sum.server_tool_use.web_search_requests + searches,
    }
  },
  itemOf: (sum) => sum,
}

const NOTHING: WireUsageItem = {
  uncached_input_tokens: 0,
  cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
  cache_read_input_tokens: 0,
  output_tokens: 0,
  server_tool_use: { web_search_requests: 0 },
  model: null,
  workspace_id: null,
  service_tier: null,
  context_window: null,
  inference_geo: null,
  api_key_id: null,
  account_id: null,
  service_account_id: null,
}

function groupOf(call: BilledCall, groupBy: ReadonlySet<string>): Partial<WireUsageItem> {
  const { model, workspaceId, usage, contextWindow } = call
  return {
    ...(groupBy.has('model') ? { model } : {}),
    ...(groupBy.has('workspace_id') ? { workspace_id: workspaceId } : {}),
    ...(groupBy.has('service_tier') ? { service_tier: usage.service_tier } : {}),
    ...(groupBy.has('context_window') ? { context_window: contextWindow } : {}),
    ...(groupBy.has('inference_geo') ? { inference_geo: usage.inference_geo } : {}),
  }
}
