import { describe, expect, test } from 'vitest'
import type { AccountId, NanoUsd, QueueName, SubmissionId } from '../../../src/index.js'
import {
  Reconciler,
  type ReconcilerOptions,
  type UsageRecord,
  usageRecord,
} from '../../../src/policy/audit/index.js'
import { type CostRow, PRICE_BOOK } from '../../../src/policy/money/index.js'

const DAY_MS = 86_400_000
const DAY = Date.parse('2026-11-10T00:00:00Z')
const USAGE = {
  ...{ inputTokens: 100, outputTokens: 50, cacheReadTokens: 0, cacheWrite5mTokens: 0 },
  ...{ cacheWrite1hTokens: 0, webSearchRequests: 0, inferenceGeo: null },
}
const MODEL = 'claude-haiku-4-5-20251001'

function ours(overrides: Partial<CostRow> = {}): CostRow {
  return {
    ...{ submissionId: 1 as SubmissionId, ordinal: 0, requestId: 1, jobId: null, jobName: null },
    ...{ queue: 'q' as QueueName, account: 'main' as AccountId, route: 'batch' as const },
    ...{ workspaceId: 'w', labels: null },
    ...{ model: 'claude-haiku-4-5', remoteId: null, billedAt: DAY + 5, outcome: 'succeeded' },
    ...{ usage: USAGE, costNano: 1_000 as NanoUsd, realtimeNano: 2_000 as NanoUsd, use: 'used' },
    ...{ holdNano: 9_000 as NanoUsd, possiblyPaid: false, isNewest: true },
    ...overrides,
  }
}

const LOST: Partial<CostRow> = {
  ...{ outcome: null, usage: null, costNano: null, realtimeNano: null, use: null },
  possiblyPaid: true,
}

function theirs(times = 1, overrides: Partial<UsageRecord> = {}): readonly UsageRecord[] {
  const base = { at: DAY, untilAt: DAY + DAY_MS, model: MODEL, serviceTier: 'batch', calls: null }
  const usage = {
    ...USAGE,
    inputTokens: times * USAGE.inputTokens,
    outputTokens: times * USAGE.outputTokens,
  }
  const money = { costNano: (times * 1_000) as NanoUsd, costClass: 'input' } as const
  return [
    usageRecord({ ...base, usage, ...overrides }),
    usageRecord({ ...base, ...money, ...overrides }),
  ]
}

function reconciled(
  params: {
    readonly ours?: readonly CostRow[]
    readonly theirs?: readonly UsageRecord[]
    readonly theirWorkspace?: string | null
    /** Answers of batches that the store knows nothing of, each as one of ours. */
    readonly elsewhere?: number
    readonly elsewhereWorkspace?: string
  },
  options: Partial<ReconcilerOptions> = {},
) {
  const now = DAY + 10 * DAY_MS
  const reconciler = new Reconciler({ book: PRICE_BOOK, now, workspaceId: null, ...options })
  for (const row of params.ours ?? []) reconciler.addOurs(row)
  for (const record of params.theirs ?? []) {
    reconciler.addTheirs(record, params.theirWorkspace === undefined ? 'w' : params.theirWorkspace)
  }
  for (let answer = 0; answer < (params.elsewhere ?? 0); answer += 1) {
    const { elsewhereWorkspace: workspaceId = 'w' } = params
    const times = { createdAt: DAY - 9, endedAt: DAY + 9 }
    reconciler.addElsewhere({ ...times, workspaceId, model: MODEL, usage: USAGE })
  }
  const { lines, unexplained, realtime } = reconciler.report()
  return { causes: lines.map(({ causes }) => causes), lines, unexplained, realtime }
}

describe('ours beside theirs', () => {
  test('the same is the same, whichever name the model was asked by', () => {
    const { lines, causes, unexplained } = reconciled({ ours: [ours()], theirs: theirs() })
    expect([causes, unexplained]).toEqual([[[]], 0])
    expect(lines[0]).toMatchObject({ model: MODEL, day: '2026-11-10', nanoBeyond: 0n })
  })

  test('the default workspace, which reports call null, is the one of ours that they do not name', () => {
    const found = reconciled({ ours: [ours()], theirs: theirs(), theirWorkspace: null })
    expect(found.causes).toEqual([[]])
  })

  test('what other workspaces did is theirs', () => {
    const both = [...theirs(), ...theirs(1, { at: DAY + DAY_MS })]
    const found = reconciled({ theirs: both }, { workspaceId: 'mine' })
    expect(found.causes).toEqual([['other_workspace'], ['other_workspace']])
  })

  test('more than ours is unexplained, unless batches made elsewhere used just that', () => {
    // Haiku 4.5 in batch: 100 tokens in and 50 out cost $0.000175.
    const paid = (answers: number): NanoUsd => (answers * 175_000) as NanoUsd
    const billed = (times: number, costNano: NanoUsd): readonly UsageRecord[] => {
      const [used, cost] = theirs(times) as [UsageRecord, UsageRecord]
      return [used, { ...cost, costNano }]
    }
    const given = { ours: [ours({ costNano: paid(1) })], theirs: billed(3, paid(3)) }
    expect(reconciled(given)).toMatchObject({ causes: [['unexplained']], unexplained: 1 })
    expect(reconciled({ ...given, elsewhere: 1 }).causes).toEqual([['unexplained']])
    expect(reconciled({ ...given, elsewhere: 2 }).causes).toEqual([['elsewhere']])
    expect(reconciled({ ...given, elsewhere: 3 }).causes).toEqual([['unexplained']])
    const dearer = { ...given, theirs: billed(3, (3 * paid(3)) as NanoUsd), elsewhere: 2 }
    expect(reconciled(dearer).causes).toEqual([['unexplained']])
    const lost = ours({ ...LOST, ordinal: 1, holdNano: paid(2) })
    const both = { ...given, ours: [...given.ours, lost], elsewhere: 1 }
    expect(reconciled(both).causes).toEqual([['elsewhere', 'possibly_paid']])
    expect(reconciled({ ...both, theirs: billed(5, paid(5)) }).unexplained).toBe(1)
  })

  test('what was made in one workspace explains nothing of another', () => {
    const given = { ours: [ours(), ours({ workspaceId: 'v' })], theirs: theirs(2), elsewhere: 1 }
    const { lines } = reconciled({ ...given, elsewhereWorkspace: 'v' })
    expect(lines.find(({ workspaceId }) => workspaceId === 'w')?.causes).toEqual(['unexplained'])
  })

  test('batches made elsewhere are no line by themselves', () => {
    expect(reconciled({ elsewhere: 2 }).lines).toEqual([])
  })

  test('money that they billed for no tokens, or for no model, is unexplained', () => {
    const money = theirs(1_000).slice(1)
    const mine = { workspaceId: 'w' }
    expect(reconciled({ theirs: money }, mine).causes).toEqual([['unexplained']])
    const nameless = reconciled({ theirs: theirs(1, { model: null }) }, mine)
    expect(nameless).toMatchObject({ causes: [['unexplained']], lines: [{ model: '(none)' }] })
  })

  test('what may have been paid once explains one day and not two', () => {
    const lost = ours({ ...LOST, ordinal: 1, holdNano: 1_000 as NanoUsd })
    const given = { ours: [ours(), lost, ours({ billedAt: DAY + DAY_MS })] }
    const more = [...theirs(2), ...theirs(2, { at: DAY + DAY_MS })]
    expect(reconciled({ ...given, theirs: more }).causes).toEqual([
      ['possibly_paid'],
      ['unexplained'],
    ])
  })

  test('less than ours is unexplained, whatever was made elsewhere', () => {
    const given = { ours: [ours(), ours({ ordinal: 1 })], theirs: theirs(), elsewhere: 4 }
    expect(reconciled(given).causes).toEqual([['unexplained']])
    expect(reconciled({ ours: [ours()] }).causes).toEqual([['unexplained']])
  })

  test('what may have been paid explains as much as it can have cost, on its day and the next', () => {
    const lost = ours({ ...LOST, ordinal: 1 })
    expect(reconciled({ ours: [ours(), lost], theirs: theirs(2) }).causes).toEqual([
      ['possibly_paid'],
    ])
    expect(reconciled({ ours: [ours(), lost], theirs: theirs(20) }).unexplained).toBe(1)
    const before = ours({ ...LOST, billedAt: DAY - 5 })
    expect(reconciled({ ours: [ours(), before], theirs: theirs(2) }).causes).toEqual([
      [],
      ['possibly_paid'],
    ])
    const unknown = ours({ ...LOST, holdNano: null })
    expect(reconciled({ ours: [ours(), unknown], theirs: theirs(20) }).causes).toEqual([
      ['possibly_paid'],
    ])
  })

  test('a day that is not over for an hour is not final', () => {
    const given = { ours: [ours()], theirs: [] }
    expect(reconciled(given, { now: DAY + DAY_MS + 3_599_999 }).causes).toEqual([['not_final']])
    expect(reconciled(given, { now: DAY + DAY_MS + 3_600_000 }).causes).toEqual([['unexplained']])
  })

  test('the same tokens at another price are rounding, or unexplained', () => {
    const at = (costNano: number) =>
      reconciled({ ours: [ours({ costNano: costNano as NanoUsd })], theirs: theirs() })
    expect(at(1_001).causes).toEqual([['rounding']])
    expect(at(51_001).causes).toEqual([['rounding']])
    expect(at(51_002).causes).toEqual([['unexplained']])
    expect(reconciled({ ours: [ours()], theirs: theirs().slice(0, 1) }).unexplained).toBe(1)
  })

  test('where we know no price the tokens alone are compared', () => {
    const unpriced = ours({ costNano: null, realtimeNano: null })
    expect(reconciled({ ours: [unpriced], theirs: theirs() })).toMatchObject({
      causes: [['unpriced']],
      lines: [{ nanoBeyond: null }],
    })
  })

  test('searches are told apart from models, and are not in the difference', () => {
    const usage = { ...USAGE, webSearchRequests: 2 }
    const costNano = 20_001_000 as NanoUsd
    const searched = ours({ usage, costNano })
    const [used, billed] = theirs() as [UsageRecord, UsageRecord]
    const given = { ours: [searched], theirs: [{ ...used, usage }, billed] }
    expect(reconciled(given)).toMatchObject({ causes: [[]], lines: [{ nanoBeyond: 0n }] })
  })

  test('what one day lacks and the next has too much was billed on another day', () => {
    const given = { ours: [ours()], theirs: theirs(1, { at: DAY + DAY_MS }) }
    expect(reconciled(given).causes).toEqual([['another_day'], ['another_day']])
    const later = { ours: [ours()], theirs: theirs(1, { at: DAY + 2 * DAY_MS }) }
    expect(reconciled(later).unexplained).toBe(2)
  })

  test('real time is theirs alone', () => {
    const found = reconciled({ theirs: theirs(3, { serviceTier: 'standard' }) })
    expect(found).toMatchObject({
      lines: [],
      unexplained: 0,
      realtime: [{ model: MODEL, costNano: 3_000n }],
    })
  })
})
