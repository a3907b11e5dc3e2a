import {
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
  DEFAULT_QUEUE_POLICY,
  Engine,
  type EngineEvent,
  enqueue,
  PRICE_BOOK,
  parseCustomId,
  queueSetting,
  type ResultLine,
  type SettleResult,
  type SubmissionId,
  type WorkerId,
} from '@halfrate/core'
import { MemoryStore } from '@halfrate/core/memory'
import { expect, test } from 'vitest'
import {
  anEndedBatch,
  anIntakeRow,
  aRemoteBatch,
  ManualClock,
  ScriptedTransport,
  SeededRandom,
  scriptedError,
  scriptedResults,
  someCounts,
  testDigest,
} from '../src/index.js'

const COUNT = 250
const PAGE = 100

/** A memory store that remembers which requests each page of results was about. */
class WatchedStore extends MemoryStore {
  readonly pages: number[][] = []

  override async settle(params: {
    readonly submissionId: SubmissionId
    readonly addMissing: boolean
    readonly lines: readonly ResultLine[]
  }): Promise<SettleResult> {
    this.pages.push(params.lines.map(({ requestId }) => requestId))
    return super.settle(params)
  }
}

const successLine = (customId: string): string =>
  JSON.stringify({
    custom_id: customId,
    result: {
      type: 'succeeded',
      message: {
        model: 'claude-haiku-4-5',
        content: [{ type: 'text', text: 'Yes.' }],
        stop_reason: 'end_turn',
        usage: { input_tokens: 10, output_tokens: 2 },
      },
    },
  })

const customIdsOf = (body: Uint8Array | null): string[] =>
  [...new TextDecoder().decode(body ?? new Uint8Array()).matchAll(/"custom_id":"([^"]+)"/g)].map(
    ([, customId]) => customId ?? '',
  )

async function sentBatch() {
  const clock = new ManualClock()
  const store = new WatchedStore({ now: clock.now, pageLimit: PAGE })
  await store.putSetting({
    ...queueSetting(DEFAULT_PROJECT, DEFAULT_QUEUE),
    value: { ...DEFAULT_QUEUE_POLICY, flush: { count: COUNT, bytes: 1_000_000, ageMs: 0 } },
    ifVersion: null,
  })
  const keys = Array.from({ length: COUNT }, (_, index) => `k${index}`)
  await enqueue({ store, rows: keys.map((key) => anIntakeRow({ key })) })
  const page = {
    type: 'page',
    batches: [],
    hasMore: false,
    serverAt: clock.now(),
    workspaceId: null,
  } as const
  const ended = anEndedBatch({ succeeded: COUNT })
  const transport: ScriptedTransport = new ScriptedTransport()
    .always('snapshot', page)
    .always('list', () => ({
      ...page,
      batches: transport.callsOf('createBatch').length > 0 ? [ended] : [],
    }))
    .always('retrieve', { type: 'batch', batch: ended })
    .always('createBatch', {
      type: 'accepted',
      batch: aRemoteBatch({ counts: someCounts({ processing: COUNT }) }),
    })
  const events: EngineEvent[] = []
  const engine = new Engine({
    store,
    transport,
    clock,
    random: SeededRandom.inTest(7),
    digest: testDigest,
    priceBook: PRICE_BOOK,
    workerId: 'here' as WorkerId,
    observer: { onEvent: (event) => events.push(event) },
  })
  // Rounds until results are wanted; a minute passes between them.
  const runUntil = async (isReached: () => boolean): Promise<void> => {
    for (let round = 0; round < 50 && !isReached(); round += 1) {
      await engine.tick()
      await clock.advance(60_000)
    }
  }
  await runUntil(() => transport.callsOf('createBatch').length > 0)
  const customIds = customIdsOf(transport.callsOf('createBatch')[0]?.body ?? null)
  return { store, transport, customIds, events, runUntil }
}

const requestOf = (customId: string): number => parseCustomId(customId)?.requestId ?? 0

test('a file in any order is booked page by page in the order of its requests', async () => {
  const { store, transport, customIds, events, runUntil } = await sentBatch()
  expect(customIds).toHaveLength(COUNT)
  const lines = customIds.toReversed().map(successLine)
  transport.always('streamResults', () => scriptedResults({ lines, linesPerPiece: 7 }))
  await runUntil(() => store.pages.flat().length === COUNT)
  expect(store.pages.map((page) => page.length)).toEqual([PAGE, PAGE, COUNT - 2 * PAGE])
  expect(store.pages.flat()).toEqual(customIds.map(requestOf).toSorted((a, b) => a - b))
  expect(events.filter(({ type }) => type === 'alarm')).toEqual([])
})

test('what came before a file broke off is booked, and the rest when it is fetched again', async () => {
  const { store, transport, customIds, events, runUntil } = await sentBatch()
  const lines = customIds.toReversed().map(successLine)
  transport
    .script('streamResults', () =>
      scriptedResults({ lines: lines.slice(0, 130), error: scriptedError('reset') }),
    )
    .always('streamResults', () => scriptedResults({ lines }))
  await runUntil(() => transport.callsOf('streamResults').length === 1)
  expect(new Set(store.pages.flat())).toEqual(new Set(customIds.slice(-130).map(requestOf)))
  await runUntil(() => transport.callsOf('streamResults').length === 2)
  const fresh = events.map((event) => (event.type === 'settled' ? event.fresh : 0))
  expect(fresh.reduce((sum, count) => sum + count, 0)).toBe(COUNT)
})

test('lines that can’t be booked are kept aside, wherever they stand among the others', async () => {
  const { store, transport, customIds, events, runUntil } = await sentBatch()
  const lines = customIds.toReversed().map(successLine)
  lines.splice(0, 0, '{"custom_id":')
  lines.splice(150, 0, successLine('somebody-else'))
  lines.push(successLine(customIds[0] ?? '').replace('Yes.', 'No.'))
  transport.always('streamResults', () => scriptedResults({ lines, linesPerPiece: 11 }))
  await runUntil(() => transport.callsOf('streamResults').length === 1)
  expect(store.pages.flat()).toHaveLength(COUNT + 1)
  const alarms = events.filter((event) => event.type === 'alarm')
  const kept = alarms.map(({ message }) => Number(/^\d+/.exec(message)?.[0]))
  expect(kept.reduce((sum, count) => sum + count, 0)).toBe(3)
})
