import { DEFAULT_PROJECT, type NanoUsd, type QueueName, type Store } from '@halfrate/core'
import type { CostRow } from '@halfrate/core/money'
import { describe, expect, test } from 'vitest'
import { verifyCosts } from '../../src/index.js'
import { openAt, rowOf, startClaude } from '../jobs/open-jobs.js'

const PROJECT = { project: DEFAULT_PROJECT }

// A store of which costs tell something else than reports do.
function telling(
  store: Store,
  change: (row: CostRow) => readonly CostRow[],
): Pick<Store, 'readCosts' | 'report' | 'traits'> {
  return {
    traits: store.traits,
    report: (params) => store.report(params),
    readCosts: async (query) => {
      const page = await store.readCosts(query)
      return { ...page, rows: page.rows.flatMap(change) }
    },
  }
}

async function withWork<T>(run: (store: Store) => Promise<T>): Promise<T> {
  await using claude = await startClaude()
  await using half = await openAt(claude)
  const messages = [{ role: 'user', content: 'no price' }]
  const unpriced = { model: 'claude-mythos-5-2', max_tokens: 300, messages }
  const rows = [
    { ...rowOf('a', 'one'), labels: { feature: 'x' } },
    { key: 'b', params: unpriced },
  ]
  await (await half.run('job', rows)).wait()
  return await run(half.store)
}

describe('costs and reports', () => {
  test('tell the same, of all, of each queue and by every dimension', async () => {
    await withWork(async (store) => {
      expect(await verifyCosts({ ...PROJECT, store })).toEqual({
        differences: [],
        isCompared: true,
      })
    })
  })

  test.each([
    ['an attempt that costs miss', () => [], 'paid of all costs is 0 by attempt'],
    [
      'an attempt that they tell twice',
      (row: CostRow) => [row, row],
      'answers without a price of all costs is 2 by attempt and 1 by request',
    ],
    [
      'another cost',
      (row: CostRow) => [{ ...row, realtimeNano: ((row.realtimeNano ?? 0) + 1) as NanoUsd }],
      'in real time of all costs',
    ],
    [
      'another queue',
      (row: CostRow) => [{ ...row, queue: 'elsewhere' as QueueName }],
      'paid of queue elsewhere',
    ],
  ])('of %s is a difference', async (_, change: (row: CostRow) => readonly CostRow[], text) => {
    await withWork(async (store) => {
      const { differences } = await verifyCosts({ ...PROJECT, store: telling(store, change) })
      expect(differences.join('\n')).toContain(text)
    })
  })

  test('are not compared where something is booked at every try', async () => {
    await withWork(async (store) => {
      let booked = 0
      const moving: Pick<Store, 'readCosts' | 'report' | 'traits'> = {
        traits: store.traits,
        readCosts: (query) => store.readCosts(query),
        report: async (params) => {
          booked += 1
          const { money, ...rest } = await store.report(params)
          return { ...rest, money: { ...money, paidNano: (money.paidNano + booked) as NanoUsd } }
        },
      }
      const verified = await verifyCosts({ ...PROJECT, store: moving })
      expect(verified).toEqual({ differences: [], isCompared: false })
      const still = await verifyCosts({ ...PROJECT, store: moving, mayChange: false })
      expect(still.isCompared && still.differences.length > 0).toBe(true)
    })
  })
})
