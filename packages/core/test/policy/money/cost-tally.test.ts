import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccountId, JobId, NanoUsd, QueueName, SubmissionId } from '../../../src/index.js'
import {
  type CostDimension,
  type CostRow,
  type CostSums,
  CostTally,
  costSums,
} from '../../../src/policy/money/index.js'

const DAY_MS = 86_400_000
const USAGE = {
  ...{ inputTokens: 10, outputTokens: 5, cacheReadTokens: 4, cacheWrite5mTokens: 3 },
  ...{ cacheWrite1hTokens: 2, webSearchRequests: 1, inferenceGeo: null },
}
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

function aRow(overrides: Partial<CostRow> = {}): CostRow {
  return {
    ...{ submissionId: 1 as SubmissionId, ordinal: 0, requestId: 1, jobId: null, jobName: null },
    ...{ queue: 'q' as QueueName, account: 'main' as AccountId, route: 'batch' as const },
    ...{ workspaceId: null, labels: null },
    ...{ model: 'm', remoteId: null, billedAt: 0, outcome: 'succeeded', usage: USAGE },
    ...{ costNano: 100 as NanoUsd, realtimeNano: 200 as NanoUsd, holdNano: 900 as NanoUsd },
    ...{ use: 'used', possiblyPaid: false, isNewest: true },
    ...overrides,
  }
}

function tallyOf(by: readonly CostDimension[], rows: readonly CostRow[], mostGroups?: number) {
  const tally = new CostTally({ by, project: 'p', dayOf, mostGroups })
  for (const row of rows) tally.add(row)
  return tally
}

const rows = fc.array(
  fc
    .record({
      queue: fc.constantFrom('a', 'b') as fc.Arbitrary<QueueName>,
      model: fc.constantFrom('m1', 'm2', '__proto__'),
      jobName: fc.constantFrom(null, 'j1', 'j2'),
      labels: fc.constantFrom(null, { feature: 'x' }, { feature: 'y', other: 'z' }),
      billedAt: fc.integer({ min: 0, max: 3 * DAY_MS }),
      costNano: fc.option(fc.integer({ min: 0, max: 1e9 })) as fc.Arbitrary<NanoUsd | null>,
      use: fc.constantFrom('used', 'paid_twice', 'not_used'),
      isNewest: fc.boolean(),
      possiblyPaid: fc.boolean(),
    })
    .map(aRow),
  { maxLength: 60 },
)

const FIGURES = Object.keys(costSums().sums).filter((name) => name !== 'unpricedByModel')

function sumOf(parts: readonly CostSums[], name: string): bigint {
  const values = parts.map((part) => BigInt(part[name as 'attempts']))
  return values.reduce((sum, value) => sum + value, 0n)
}

test('the sum of the groups is the total, whatever they are told apart by and however many are kept', () => {
  const by = fc.constantFrom<readonly CostDimension[]>(
    ...([
      ['project'],
      ['queue'],
      ['model', 'day'],
      ['month', 'label:feature'],
    ] as CostDimension[][]),
    ...([['job'], ['batch'], ['workspace', 'account'], ['label:toString']] as CostDimension[][]),
  )
  fc.assert(
    fc.property(rows, by, fc.integer({ min: 1, max: 5 }), (all, dimensions, most) => {
      const tally = tallyOf(dimensions, all, most)
      const parts = [
        ...tally.groups().map(({ sums }) => sums),
        ...(tally.other ? [tally.other] : []),
      ]
      expect(tally.groups().length).toBeLessThanOrEqual(most)
      for (const name of FIGURES) {
        expect([name, sumOf(parts, name)]).toEqual([name, sumOf([tally.total], name)])
      }
    }),
  )
})

test('what is in no sum is counted: unknown prices by model, and what may have been paid at most', () => {
  const { total } = tallyOf(
    ['model'],
    [
      aRow({ model: 'new', costNano: null, realtimeNano: null }),
      aRow({ outcome: null, use: null, usage: null, costNano: null, possiblyPaid: true }),
      aRow({
        outcome: null,
        use: null,
        usage: null,
        possiblyPaid: true,
        holdNano: null,
        costNano: null,
      }),
      aRow({ outcome: 'errored', use: null, usage: null, costNano: null, isNewest: false }),
    ],
  )
  expect(total).toMatchObject({ requests: 3, attempts: 4, succeeded: 1, paidNano: 0n, unpriced: 1 })
  expect(total).toMatchObject({ possiblyPaid: 2, possiblyPaidNano: 900n, possiblyPaidUnknown: 1 })
  expect({ ...total.unpricedByModel }).toEqual({ new: 1 })
})

test('waste is told by its reason, and is part of what was paid', () => {
  const { total } = tallyOf(
    ['queue'],
    [aRow(), aRow({ use: 'paid_twice' }), aRow({ use: 'not_used', costNano: 7 as NanoUsd })],
  )
  expect(total).toMatchObject({ paidNano: 207n, paidTwice: 1, paidTwiceNano: 100n })
  expect(total).toMatchObject({ notUsed: 1, notUsedNano: 7n })
})

test('groups are in the order of time where there is one, else the dearest first', () => {
  const all = [
    aRow({ billedAt: DAY_MS, model: 'cheap', costNano: 1 as NanoUsd }),
    aRow({ billedAt: 0, model: 'cheap', costNano: 2 as NanoUsd }),
    aRow({ billedAt: DAY_MS, model: 'dear', costNano: 50 as NanoUsd, jobId: 1 as JobId }),
  ]
  const keys = (by: readonly CostDimension[]) =>
    tallyOf(by, all)
      .groups()
      .map(({ key }) => key)
  expect(keys(['model'])).toEqual([['dear'], ['cheap']])
  expect(keys(['model', 'day'])).toEqual([
    ['cheap', '1970-01-01'],
    ['dear', '1970-01-02'],
    ['cheap', '1970-01-02'],
  ])
})
