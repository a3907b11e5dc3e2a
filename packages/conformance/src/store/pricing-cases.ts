import type {
  NanoUsd,
  ProjectId,
  RemoteId,
  RequestLife,
  ResultLine,
  ResultRow,
  SubmissionId,
} from '@halfrate/core'
import { expect } from 'vitest'
import { anEndedBatch } from '../builders/a-remote-batch.js'
import { anError, aSuccess, SOME_USAGE } from '../builders/a-result-line.js'
import { anIntakeRow } from '../builders/an-intake-row.js'
import { committedJob } from './job-steps.js'
import type { Scene } from './scene.js'
import { ended, learn, move, release, settle } from './send-steps.js'
import type { StoreCase } from './store-case.js'
import { violationsOf } from './violations-of.js'

const UNKNOWN = { costNano: null, realtimeNano: null } as const
const NOTED = { usability: 'cut_off', verdict: null } as const
const PRICED = { fresh: 0, duplicates: 0, done: 0, unknown: [], conflicts: [] }
const decoder = new TextDecoder()

function unpriced(
  scene: Scene,
  page: { readonly afterId?: number; readonly afterNumber?: number; readonly limit?: number } = {},
): Promise<readonly ResultRow[]> {
  const { project, store } = scene
  const from = { afterId: 0, afterNumber: 0, limit: 100, ...page }
  return store.readResults({ project, unpriced: true, ...from })
}

async function texts(...of: Parameters<typeof unpriced>): Promise<readonly (string | null)[]> {
  return (await unpriced(...of)).map(({ line }) => (line === null ? null : decoder.decode(line)))
}

// What pricing may change is left out.
function unmoved({ request, attempts }: RequestLife): unknown {
  return [
    request,
    attempts.map(({ attempt: { costNano, realtimeNano, usage, ...rest }, submission }) => [
      rest,
      submission,
    ]),
  ]
}

/** Prices that become known later. */
export const pricingCases: readonly StoreCase[] = [
  {
    name: 'a line that was booked without a cost and brings one is booked as priced, and moves nothing else',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b], { succeeded: 2 })
      await settle(scene, batch, aSuccess(a, UNKNOWN), aSuccess(b, { ...UNKNOWN, ...NOTED }))
      await release(scene, batch, move(1, { outcome: 'succeeded' }))
      const before = [await scene.life(a), await scene.life(b)]
      await scene.clock.advance(60_000)
      const lines = [aSuccess(a), aSuccess(b, NOTED)]
      expect(await settle(scene, batch, ...lines)).toEqual({ ...PRICED, priced: 2 })
      const after = [await scene.life(a), await scene.life(b)]
      expect(after.map(unmoved)).toEqual(before.map(unmoved))
      for (const id of [a, b]) {
        expect(await scene.attempts(id)).toMatchObject([
          { costNano: 150_000, realtimeNano: 300_000, usage: SOME_USAGE },
        ])
      }
      expect(await settle(scene, batch, ...lines)).toEqual({ ...PRICED, duplicates: 2, priced: 0 })
      expect(await violationsOf(scene.store)).toEqual([])
    },
  },
  {
    name: 'a cost that is known is never changed, and one of nothing is known',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b], { succeeded: 2 })
      const free = { costNano: 0 as NanoUsd, realtimeNano: 0 as NanoUsd }
      await settle(scene, batch, aSuccess(a), aSuccess(b, free))
      const dearer = { costNano: 9 as NanoUsd, realtimeNano: 18 as NanoUsd }
      const again = [aSuccess(a, dearer), aSuccess(b, dearer), aSuccess(a, UNKNOWN)]
      expect(await settle(scene, batch, ...again)).toMatchObject({ duplicates: 3, priced: 0 })
      expect(await scene.attempts(a)).toMatchObject([{ costNano: 150_000, realtimeNano: 300_000 }])
      expect(await scene.attempts(b)).toMatchObject([{ costNano: 0, realtimeNano: 0 }])
    },
  },
  {
    name: 'no cost comes with other bytes, or to what did not succeed',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b], { succeeded: 1, errored: 1 })
      await settle(scene, batch, aSuccess(a, UNKNOWN), anError(b))
      const result = await settle(
        scene,
        batch,
        aSuccess(a, { text: 'another answer' }),
        anError(b, { costNano: 5 as NanoUsd }),
      )
      expect(result).toMatchObject({ conflicts: [0], duplicates: 1, priced: 0 })
      expect(await scene.attempts(a)).toMatchObject([{ costNano: null }])
      expect(await scene.attempts(b)).toMatchObject([{ costNano: null }])
    },
  },
  {
    name: 'a usage that could not be told comes with the cost; one that is there stays',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b], { succeeded: 2 })
      await settle(scene, batch, aSuccess(a, { ...UNKNOWN, usage: null }), aSuccess(b, UNKNOWN))
      const other = { ...SOME_USAGE, inputTokens: 7 }
      await settle(scene, batch, aSuccess(a, { usage: other }), aSuccess(b, { usage: other }))
      expect(await scene.attempts(a)).toMatchObject([{ usage: other }])
      expect(await scene.attempts(b)).toMatchObject([{ usage: SOME_USAGE }])
    },
  },
  {
    name: 'two that price the same lines at once price each once',
    run: async (scene) => {
      const [a, b] = await scene.enqueue('a', 'b')
      const batch = await ended(scene, [a, b], { succeeded: 2 })
      await settle(scene, batch, aSuccess(a, UNKNOWN), aSuccess(b, { ...UNKNOWN, ...NOTED }))
      const lines = [aSuccess(a), aSuccess(b, NOTED)]
      const results = await Promise.all([1, 2, 3].map(() => settle(scene, batch, ...lines)))
      expect(results.map(({ priced }) => priced).sort()).toEqual([0, 0, 2])
      expect(await money(scene)).toMatchObject({ paidNano: 300_000, unpricedAttempts: 0 })
    },
  },
  {
    name: 'successes without a cost are read by request and number, with the line of each',
    run: async (scene) => {
      const { batch, twin } = await unpricedScene(scene)
      const rows = await unpriced(scene)
      expect(rows.map(({ line }) => decoder.decode(line ?? new Uint8Array()))).toEqual(ALL)
      expect(rows.map(({ attempt }) => attempt?.submissionId)).toEqual([
        batch.id,
        twin,
        batch.id,
        twin,
      ])
      expect(rows.map(({ request, attempt }) => request.id === attempt?.requestId)).toEqual([
        true,
        true,
        true,
        true,
      ])
      expect(rows.map(({ paidNano }) => paidNano)).toEqual([null, null, null, null])
      expect(await money(scene)).toMatchObject({ unpricedAttempts: 4, paidNano: 150_000 })
    },
  },
  {
    name: 'they are read page by page, however small, and none of another project',
    run: async (scene) => {
      await unpricedScene(scene)
      const found: (string | null)[] = []
      let last = { afterId: 0, afterNumber: 0 }
      for (let pages = 0; pages < 10; pages += 1) {
        const [row] = await unpriced(scene, { ...last, limit: 1 })
        if (row === undefined) break
        found.push(row.line === null ? null : decoder.decode(row.line))
        last = { afterId: row.request.id, afterNumber: row.attempt?.number ?? 0 }
      }
      expect(found).toEqual(ALL)
      const other = { project: 'other' as ProjectId, afterId: 0, afterNumber: 0, limit: 9 }
      expect(await scene.store.readResults({ ...other, unpriced: true })).toEqual([])
    },
  },
  {
    name: 'what has a price now is not read any more, and is in every sum',
    run: async (scene) => {
      const { batch, twin, price } = await unpricedScene(scene)
      await price(batch.id, 'a', 'b')
      expect(await texts(scene)).toEqual(['twin of a', 'twin of b'])
      expect(await money(scene)).toMatchObject({ paidNano: 450_000, unpricedAttempts: 2 })
      await price(twin, 'twin of a', 'twin of b')
      expect(await texts(scene)).toEqual([])
      expect(await money(scene)).toEqual({
        paidNano: 750_000,
        // All but the usable answer of the twin to a.
        realtimeNano: 1_200_000,
        wasteNano: 300_000,
        unpricedAttempts: 0,
        possiblyPaidAttempts: 0,
        possiblyPaidNano: 0,
      })
    },
  },
  {
    name: 'what a job paid rises by a cost that becomes known',
    run: async (scene) => {
      const { job, answers } = await committedJob(scene, ['a', 'b'])
      const [a, b] = answers
      const batch = await ended(scene, [a.id, b.id], { succeeded: 2 })
      await settle(scene, batch, aSuccess(a.id, UNKNOWN), aSuccess(b.id))
      const { project, store } = scene
      const spent = (): Promise<unknown> => store.spending({ project, jobId: job.id })
      expect(await spent()).toMatchObject({ paidNano: 150_000 })
      await settle(scene, batch, aSuccess(a.id))
      expect(await spent()).toMatchObject({
        paidNano: 300_000,
        possiblyPaidNano: 0,
        unknownAttempts: 0,
      })
    },
  },
]

const ALL = ['a', 'twin of a', 'b', 'twin of b']

async function money(scene: Scene): Promise<unknown> {
  return (await scene.store.report({ scope: { project: scene.project } })).money
}

interface UnpricedScene {
  readonly batch: { readonly id: SubmissionId }
  readonly twin: SubmissionId
  /** Books lines of one of the two again, with a cost. */
  readonly price: (submissionId: SubmissionId, ...lines: readonly string[]) => Promise<unknown>
}

// Of `a` and `b`, of which one was booked the short way and the other was let go, a proxy made a second batch; `a` was changed
// since. `c` has a price, `d` has failed, `e` is under way, `f` waits.
async function unpricedScene(scene: Scene): Promise<UnpricedScene> {
  const [a, b, c, d, e] = await scene.enqueue('a', 'b', 'c', 'd', 'e', 'f')
  const batch = await ended(scene, [a, b, c, d], { succeeded: 3, errored: 1 })
  const line = (text: string, costs: object): ResultLine => {
    const isFirst = text.endsWith('a')
    return aSuccess(isFirst ? a : b, { ...(text === 'b' ? NOTED : {}), text, ...costs })
  }
  const lines = [line('a', UNKNOWN), line('b', UNKNOWN), aSuccess(c), anError(d)]
  await settle(scene, batch, ...lines)
  await release(scene, batch, move(1, { outcome: 'succeeded' }), move(3, { outcome: 'errored' }))
  const found = anEndedBatch({ succeeded: 2 }, { id: 'msgbatch_twin' as RemoteId })
  const { submission } = await learn(scene, batch, { type: 'found', batch: found })
  const twin = submission?.id ?? (0 as SubmissionId)
  const twins = [line('twin of a', UNKNOWN), line('twin of b', { ...UNKNOWN, ...NOTED })]
  await scene.store.settle({ submissionId: twin, addMissing: true, lines: twins })
  await ended(scene, [e])
  const changed = anIntakeRow({ key: 'a', bodyText: '"messages":[]' })
  await scene.put([changed], { onConflict: 'supersede' })
  const price = (submissionId: SubmissionId, ...names: readonly string[]): Promise<unknown> => {
    const priced = names.map((name) => line(name, {}))
    return scene.store.settle({ submissionId, addMissing: submissionId === twin, lines: priced })
  }
  return { batch, twin, price }
}
