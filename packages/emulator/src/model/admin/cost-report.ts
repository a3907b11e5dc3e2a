import { type CostPart, costParts, type PriceTable } from '../cost.js'
import type { WireCostItem } from './admin-wire.js'
import type { BilledCall, ReportKind } from './report.js'
import type { ReportRules } from './report-query.js'

/** What a cost report may be asked for. Source: its reference, August 2026. */
export const COST_RULES: ReportRules = {
  widths: ['1d'],
  groups: ['workspace_id', 'description'],
  filters: {},
  unknownFilters: [],
}

const NANO_PER_CENT_DIGITS = 7

interface Sum {
  readonly group: Omit<WireCostItem, 'amount' | 'currency'>
  nanoUsd: bigint
}

/**
 * Money by group, at the ledger's prices; calls without a known price are left out.
 *
 * Documented: cents as decimal text, one row for each kind of token when grouped by description, with what makes it up in members of
 * their own. Assumed: the words of a description, and that a call's parts are rounded so that they add up to its bill.
 */
export function costReport(prices: PriceTable): ReportKind<Sum, WireCostItem> {
  return {
    filterBy: {},
    addTo(sums, call, groupBy) {
      for (const part of costParts(call.usage, call.model, prices, call.pricedAt) ?? []) {
        const group = groupOf(call, part, groupBy)
        const key = JSON.stringify(group)
        const sum = sums.get(key) ?? { group, nanoUsd: 0n }
        sum.nanoUsd += part.nanoUsd
        sums.set(key, sum)
      }
    },
    itemOf: ({ group, nanoUsd }) => ({ amount: centsText(nanoUsd), currency: 'USD', ...group }),
  }
}

function groupOf(call: BilledCall, part: CostPart, groupBy: ReadonlySet<string>): Sum['group'] {
  const workspace_id = groupBy.has('workspace_id') ? call.workspaceId : null
  if (!groupBy.has('description')) return { ...UNGROUPED, workspace_id }
  if (part.type === 'web_search') {
    return { ...UNGROUPED, workspace_id, description: 'Web Search Usage', cost_type: 'web_search' }
  }
  if (part.type === 'server_tool') {
    return { ...UNGROUPED, workspace_id, description: `Server Tool Usage - ${part.tool}` }
  }
  return {
    workspace_id,
    description: descriptionOf(call, part.type),
    cost_type: 'tokens',
    model: call.model,
    token_type: part.type,
    service_tier: call.usage.service_tier,
    context_window: call.contextWindow,
    inference_geo: call.usage.inference_geo,
  }
}

const UNGROUPED: Sum['group'] = {
  workspace_id: null,
  description: null,
  cost_type: null,
  model: null,
  token_type: null,
  service_tier: null,
  context_window: null,
  inference_geo: null,
}

const WORDS: Readonly<Record<Exclude<CostPart['type'], 'web_search' | 'server_tool'>, string>> = {
  uncached_input_tokens: 'Input Tokens',
  output_tokens: 'Output Tokens',
  cache_read_input_tokens: 'Input Tokens, Cache Read',
  'cache_creation.ephemeral_5m_input_tokens': 'Input Tokens, Cache Write (5m)',
  'cache_creation.ephemeral_1h_input_tokens': 'Input Tokens, Cache Write (1h)',
}

function descriptionOf(call: BilledCall, type: keyof typeof WORDS): string {
  const { usage, contextWindow, model } = call
  const batch = usage.service_tier === 'batch' ? ', Batch' : ''
  const geo = usage.inference_geo === 'us' ? ', US' : ''
  const long = contextWindow === '0-200k' ? '' : ', Long Context'
  return `${model} Usage - ${WORDS[type]}${batch}${long}${geo}`
}

function centsText(nanoUsd: bigint): string {
  const digits = String(nanoUsd).padStart(NANO_PER_CENT_DIGITS + 1, '0')
  const whole = digits.slice(0, -NANO_PER_CENT_DIGITS)
  return `${whole}.${digits.slice(-NANO_PER_CENT_DIGITS).replace(/0{1,5}$/, '')}`
}
