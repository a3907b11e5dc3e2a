import {
  costNanoUsd,
  type LedgerRow,
  LIST_PRICES,
  type ProviderModel,
  type WireReport,
  type WireUsage,
  type WireUsageItem,
} from '@halfrate/emulator/model'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { costsOf, itemsOf, type Query, succeeded, sumOf, usageOf } from './admin-arrange.js'
import { CALLER, DAY, HOUR, modelWith, NOW, params } from './arrange.js'

describe('whatever was done', () => {
  const models = fc.constantFrom(
    'claude-opus-5',
    'claude-haiku-5-5',
    'claude-haiku-4-5',
    'claude-sonnet-4-6',
  )
  const tokens = fc.oneof(fc.nat(500), fc.nat(99_999), fc.integer({ min: 99_990, max: 250_000 }))
  const call = fc.record({
    afterMs: fc.nat(12 * HOUR),
    isBatch: fc.boolean(),
    key: fc.constantFrom('key-a', 'key-b'),
    model: models,
    isInUs: fc.boolean(),
    usage: fc.record({
      input_tokens: tokens,
      output_tokens: tokens,
      cache_read_input_tokens: tokens,
      cache_creation_input_tokens: fc.nat(100),
      server_tool_use: fc.record({ web_search_requests: fc.nat(3) }),
    }),
  })

  function done(calls: readonly (typeof call extends fc.Arbitrary<infer T> ? T : never)[]): {
    model: ProviderModel
    now: number
  } {
    const workspaces = { 'key-a': 'wrkspc_01A', 'key-b': 'wrkspc_01B' }
    const model = modelWith({ prices: LIST_PRICES, workspaces })
    let now = NOW - 5 * DAY
    for (const { afterMs, isBatch, key, model: name, isInUs, usage } of calls) {
      now += afterMs
      const remove = model.reply(() => ({ content: [{ type: 'text', text: 'x' }], usage }))
      const hasGeo = isInUs && name !== 'claude-haiku-4-5'
      const body = params({ model: name, ...(hasGeo ? { inference_geo: 'us' } : {}) })
      const caller = { ...CALLER, apiKey: key }
      if (isBatch) model.create({ now, caller, items: [{ customId: 'a', params: body }] })
      else model.createMessage({ now, caller, body })
      remove()
    }
    return { model, now: now + HOUR }
  }

  const groups = fc.subarray([
    'model',
    'workspace_id',
    'service_tier',
    'context_window',
    'inference_geo',
  ])
  const many = fc.array(call, { maxLength: 12 })

  test('a cost report adds up to the bill of the ledger, to the nano-dollar, however it is grouped', () => {
    fc.assert(
      fc.property(many, fc.subarray(['description', 'workspace_id']), (calls, group_by) => {
        const { model, now } = done(calls)
        expect(sumOf(costsOf(model, now, { group_by }))).toBe(model.ledger.summary(now).nanoUsd)
      }),
      { numRuns: 60 },
    )
  })

  test('a usage report adds up to the usage of the ledger, and pages to the whole', () => {
    fc.assert(
      fc.property(many, groups, fc.integer({ min: 1, max: 31 }), (calls, group_by, limit) => {
        const { model, now } = done(calls)
        const whole = usageOf(model, now, { group_by })
        const paged: WireUsageItem[] = []
        for (let page: string | null = ''; page !== null; ) {
          const report: WireReport<WireUsageItem> = usageOf(model, now, {
            group_by,
            limit: String(limit),
            ...(page === '' ? {} : { page }),
          })
          paged.push(...itemsOf(report))
          page = report.next_page
        }
        expect(paged).toEqual(itemsOf(whole))
        const sum = (figure: (item: WireUsageItem) => number): number =>
          paged.reduce((all, item) => all + figure(item), 0)
        const rows = succeeded(model, now).map(({ usage }) => usage)
        const billed = (figure: (usage: NonNullable<LedgerRow['usage']>) => number): number =>
          rows.reduce((all, usage) => all + (usage === null ? 0 : figure(usage)), 0)
        expect(sum((item) => item.uncached_input_tokens)).toBe(
          billed((usage) => usage.input_tokens),
        )
        expect(sum((item) => item.output_tokens)).toBe(billed((usage) => usage.output_tokens))
        expect(sum((item) => item.cache_read_input_tokens)).toBe(
          billed((usage) => usage.cache_read_input_tokens),
        )
        expect(
          sum(
            (item) =>
              item.cache_creation.ephemeral_5m_input_tokens +
              item.cache_creation.ephemeral_1h_input_tokens,
          ),
        ).toBe(billed((usage) => usage.cache_creation_input_tokens))
        expect(sum((item) => item.server_tool_use.web_search_requests)).toBe(
          billed((usage) => Number(usage.server_tool_use?.web_search_requests ?? 0)),
        )
      }),
      { numRuns: 60 },
    )
  })

  test('a filter leaves what a group of the same name shows', () => {
    fc.assert(
      fc.property(many, (calls) => {
        const { model, now } = done(calls)
        const only = (query: Query): number =>
          itemsOf(usageOf(model, now, query)).reduce((sum, item) => sum + item.output_tokens, 0)
        const grouped = itemsOf(usageOf(model, now, { group_by: ['workspace_id', 'service_tier'] }))
        for (const [workspace, tier] of [
          ['wrkspc_01A', 'batch'],
          ['wrkspc_01B', 'standard'],
        ] as const) {
          const wanted = grouped
            .filter(
              ({ workspace_id, service_tier }) =>
                workspace_id === workspace && service_tier === tier,
            )
            .reduce((sum, item) => sum + item.output_tokens, 0)
          expect(only({ workspace_ids: [workspace], service_tiers: [tier] })).toBe(wanted)
        }
        expect(only({ models: [] })).toBe(only({}))
      }),
      { numRuns: 30 },
    )
  })
})

test('a cost is rounded once, not kind by kind', () => {
  const usage: WireUsage = {
    input_tokens: 0,
    output_tokens: 0,
    cache_creation_input_tokens: 1,
    cache_read_input_tokens: 1,
    cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 0 },
    service_tier: 'batch',
    inference_geo: 'us',
  }

  // 68.75 for the write and 5.5 for the read, each of which would be rounded up.
  expect(costNanoUsd(usage, 'claude-haiku-5-5', LIST_PRICES)).toBe(74n)
})
