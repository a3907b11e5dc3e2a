import { describe, expect, test } from 'vitest'
import { blindSpots, isSnippetOfUse } from '../../src/audit/blind-spots.js'
import { auditTexts, findingsOf, lines, row } from './read.js'

const DAY = { starting_at: '2026-11-01T00:00:00Z', ending_at: '2026-11-02T00:00:00Z' }

function page(results: readonly object[], more: object = {}): object {
  const empty = { starting_at: DAY.ending_at, ending_at: '2026-11-03T00:00:00Z', results: [] }
  return { data: [{ ...DAY, results }, empty], has_more: false, next_page: null, ...more }
}

function usageLine(more: object = {}): object {
  return {
    uncached_input_tokens: 1_000_000,
    cache_creation: { ephemeral_1h_input_tokens: 1_000_000, ephemeral_5m_input_tokens: 1_000_000 },
    cache_read_input_tokens: 1_000_000,
    output_tokens: 1_000_000,
    server_tool_use: { web_search_requests: 1_000 },
    ...{ model: 'claude-opus-5', workspace_id: null, api_key_id: null, account_id: null },
    ...{ service_tier: 'standard', context_window: '0-200k', inference_geo: 'global' },
    ...more,
  }
}

function costLine(more: object = {}): object {
  return {
    ...{ amount: '123.45', currency: 'USD', description: 'x', cost_type: 'tokens' },
    ...{ model: 'claude-opus-5', token_type: 'output_tokens', service_tier: 'standard' },
    ...{ context_window: '0-200k', inference_geo: 'global', workspace_id: null, ...more },
  }
}

describe('a usage report', () => {
  test('is priced by class', async () => {
    const { report, facts } = await auditTexts({ r: JSON.stringify(page([usageLine()]), null, 2) })
    // $5 + $10 + $6.25 + $0.50 + $25, and $10 for a thousand searches.
    expect(report.money.spentNano).toBe(56_750_000_000n)
    expect(facts).toMatchObject({ kind: 'usage_report', read: 1, bad: 0 })
    expect(report.period?.days).toBe(1)
    expect(report.money.calls).toBe(0)
  })

  test('has keys and workspaces in the place of features', async () => {
    const { report } = await auditTexts({
      r: lines(
        page([
          usageLine({ workspace_id: 'w1', api_key_id: 'k1' }),
          usageLine({ workspace_id: 'w1' }),
          usageLine({ service_tier: 'batch' }),
        ]),
      ),
    })
    const found = report.features.map(({ feature, kind }) => feature ?? kind)
    expect(found.toSorted()).toEqual(['key k1', 'unnamed', 'workspace w1'])
    expect(report.money.byStanding.batched.spentNano).toBe(33_375_000_000n)
  })

  test('hides on which side of its step a Haiku 5.5 call was, which is told and not guessed', async () => {
    const haiku = usageLine({ model: 'claude-haiku-5-5', server_tool_use: null })
    const findings = await findingsOf({ r: JSON.stringify(page([haiku, usageLine()])) })
    expect(findings.report.money).toMatchObject({ unpriced: 1, spentNano: 56_750_000_000n })
    const spots = blindSpots(findings).join('\n')
    expect(spots).toContain('(Haiku 5.5 above 100,000 tokens) are in no sum: they cost $0.94–$4.68')
    expect(spots).toContain('A usage report shows no features, no latency and not who waits')
    expect(isSnippetOfUse(findings)).toBe(true)
  })

  test('of several pages in several files is one, and says when one is lacking', async () => {
    const first = JSON.stringify(page([usageLine()], { has_more: true }))
    const last = JSON.stringify(page([usageLine()]))
    const both = await auditTexts({ r: `${first}\n${last}\n` })
    expect(both.facts).toMatchObject({ read: 2, unfinished: [] })
    const one = await findingsOf({ r: first })
    expect(one.tally.unfinished).toEqual(['r'])
    expect(blindSpots(one).join('\n')).toContain('r is not the last page of its report')
  })

  test('with a count that is none has a bad row', async () => {
    const { facts } = await auditTexts({
      r: lines(page([usageLine(), usageLine({ output_tokens: -1 })])),
    })
    expect(facts).toMatchObject({ read: 1, bad: 1 })
  })
})

describe('a cost report', () => {
  test('counts in cents, and halves what is tokens', async () => {
    const { report, facts } = await auditTexts({ r: lines(page([costLine()])) })
    expect(facts.kind).toBe('cost_report')
    expect(report.money.spentNano).toBe(1_234_500_000n)
    expect(report.saves.highNano).toBe(617_250_000n)
  })

  test('knows what Haiku 5.5 cost, and that searches have no discount', async () => {
    const { report } = await auditTexts({
      r: lines(
        page([
          costLine({ model: 'claude-haiku-5-5', token_type: 'uncached_input_tokens' }),
          costLine({ cost_type: 'web_search', model: null, token_type: null }),
          costLine({ service_tier: 'batch' }),
        ]),
      ),
    })
    expect(report.money).toMatchObject({ unpriced: 0, spentNano: 3n * 1_234_500_000n })
    expect(report.saves.highNano).toBe(617_250_000n)
  })

  test('in another currency has a bad row', async () => {
    const { facts } = await auditTexts({
      r: lines(page([costLine(), costLine({ currency: 'EUR' })])),
    })
    expect(facts.firstBad[0]?.problem).toBe('currency: expected USD, got "EUR"')
  })
})

test('two kinds of input are refused, since they tell of the same money', async () => {
  const usage = lines(page([usageLine()]))
  const cost = lines(page([costLine()]))
  await expect(auditTexts({ a: usage, b: cost })).rejects.toThrow(
    'b is a cost report, and a a usage report: the same money would count twice.',
  )
  await expect(auditTexts({ a: lines(row()), b: usage })).rejects.toThrow(/count twice/)
})

test('a page without a single line is no input of another kind', async () => {
  const { facts } = await auditTexts({ a: lines(page([]), page([usageLine()])) })
  expect(facts).toMatchObject({ kind: 'usage_report', read: 1 })
})
