import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
  DEFAULT_QUEUE_POLICY,
  Engine,
  type EngineEvent,
  enqueue,
  parseCustomId,
  queueSetting,
  type RemoteId,
  type ResultLine,
  type ResultsPiece,
  type SettleResult,
  StoreUnavailableError,
  type SubmissionId,
  type WorkerId,
} from '@halfrate/core'
import { MemoryStore } from '@halfrate/core/memory'
import { PRICE_BOOK } from '@halfrate/core/money'
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

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const COUNT = 250
const PAGE = 100

/** A memory store that remembers which requests each page of results was about. */
class WatchedStore extends MemoryStore {
  readonly pages: number[][] = []
  /** What a page waits for before it is booked. */
  beforePage: (() => Promise<void>) | null = null
  readonly underWay = new Set<SubmissionId>()

  override async settle(params: {
    readonly submissionId: SubmissionId
    readonly addMissing: boolean
    readonly lines: readonly ResultLine[]
  }): Promise<SettleResult> {
    this.pages.push(params.lines.map(({ requestId }) => requestId))
    expect(this.underWay).not.toContain(params.submissionId)
    this.underWay.add(params.submissionId)
    try {
      await this.beforePage?.()
      return await super.settle(params)
    } finally {
      this.underWay.delete(params.submissionId)
    }
  }
}

const lineOf = (customId: string, text: string): string =>
  JSON.stringify({
    custom_id: customId,
    result: {
      type: 'succeeded',
      message: {
        model: 'claude-haiku-4-5',
        content: [{ type: 'text', text }],
        stop_reason: 'end_turn',
        usage: { input_tokens: 10, output_tokens: 2 },
      },
    },
  })

const successLine = (customId: string): string => lineOf(customId, 'Yes.')

const customIdsOf = (body: Uint8Array | null): string[] =>
  [...new TextDecoder().decode(body ?? new Uint8Array()).matchAll(/"custom_id":"([^"]+)"/g)].map(
    ([, customId]) => customId ?? '',
  )

async function sentBatch(count = COUNT, batches = 1) {
  const clock = new ManualClock()
  const store = new WatchedStore({ now: clock.now, pageLimit: PAGE })
  await store.putSetting({
    ...queueSetting(DEFAULT_PROJECT, DEFAULT_QUEUE),
    value: {
      ...DEFAULT_QUEUE_POLICY,
      flush: { count, bytes: 1_000_000, ageMs: 0 },
      maxBatchRequests: count,
    },
    ifVersion: null,
  })
  const keys = Array.from({ length: count * batches }, (_, index) => `k${index}`)
  await enqueue({ store, rows: keys.map((key) => anIntakeRow({ key })) })
  const page = {
    type: 'page',
    batches: [],
    hasMore: false,
    serverAt: clock.now(),
    workspaceId: null,
  } as const
  const idOf = (index: number): RemoteId => `msgbatch_${index}` as RemoteId
  const made = (): readonly RemoteId[] =>
    transport.callsOf('createBatch').map((_, index) => idOf(index))
  const ended = (id: RemoteId) => anEndedBatch({ succeeded: count }, { id })
  const transport: ScriptedTransport = new ScriptedTransport()
    .always('snapshot', page)
    .always('list', () => ({ ...page, batches: made().map(ended) }))
    .always('retrieve', ({ remoteId }) => ({ type: 'batch', batch: ended(remoteId) }))
    .always('createBatch', () => ({
      type: 'accepted',
      batch: aRemoteBatch({
        id: idOf(transport.callsOf('createBatch').length - 1),
        counts: someCounts({ processing: count }),
      }),
    }))
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
  await runUntil(() => transport.callsOf('createBatch').length === batches)
  const idsByBatch = new Map(
    transport.callsOf('createBatch').map(({ body }, index) => [idOf(index), customIdsOf(body)]),
  )
  const customIds = idsByBatch.get(idOf(0)) ?? []
  return { store, transport, customIds, idsByBatch, events, runUntil }
}

// Two of these fill a window, and with it the page that is booked next.
const LARGE_TEXT = 'x'.repeat(13 * 1024 * 1024)

/** Large results for five requests, a line a piece; `onAsked` is told how many lines were asked for. */
async function largeBatch(onAsked: (lines: number) => void) {
  const batch = await sentBatch(5)
  const encoder = new TextEncoder()
  const lines = batch.customIds.map((id) => encoder.encode(lineOf(id, LARGE_TEXT)))
  async function* pieces(): AsyncGenerator<ResultsPiece, void> {
    for (const [index, line] of lines.entries()) {
      onAsked(index + 1)
      yield { type: 'lines', lines: [line] }
    }
    onAsked(lines.length + 1)
    yield { type: 'end', clean: true, error: null }
  }
  batch.transport.always('streamResults', () => ({ type: 'results', pieces: pieces() }))
  return batch
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

test('while the store books a page the next lines are read, a page of them and no more', async () => {
  let asked = 0
  let readOn = (): void => undefined
  const hasReadOn = new Promise<void>((resolve) => {
    readOn = resolve
  })
  const { store, runUntil } = await largeBatch((lines) => {
    asked = lines
    if (lines === 4) readOn()
  })
  const askedByPage: number[] = []
  store.beforePage = async () => {
    await hasReadOn
    for (let turn = 0; turn < 100; turn += 1) await Promise.resolve()
    askedByPage.push(asked)
  }
  await runUntil(() => store.pages.flat().length === 5)
  expect(store.pages.map((page) => page.length)).toEqual([2, 2, 1])
  expect(askedByPage).toEqual([4, 6, 6])
})

test('a page that the store could not book ends the fetch, and the next fetch books it', async () => {
  const { store, transport, events, runUntil } = await largeBatch(() => undefined)
  store.beforePage = async () => {
    store.beforePage = null
    throw new StoreUnavailableError('away')
  }
  await runUntil(() => transport.callsOf('streamResults').length === 1)
  expect(events).toContainEqual(expect.objectContaining({ type: 'step_failed' }))
  expect(store.pages.map((page) => page.length)).toEqual([2])
  await runUntil(() => transport.callsOf('streamResults').length === 2)
  const fresh = events.map((event) => (event.type === 'settled' ? event.fresh : 0))
  expect(fresh.reduce((sum, count) => sum + count, 0)).toBe(5)
})

test('fetches at the same time share what one alone would hold', async () => {
  const { store, transport, idsByBatch, runUntil } = await sentBatch(3, 2)
  const encoder = new TextEncoder()
  // Both are under way from their first line to their last.
  const meet = (): (() => Promise<void>) => {
    let come = 0
    let open = (): void => undefined
    const both = new Promise<void>((resolve) => {
      open = resolve
    })
    return () => {
      come += 1
      if (come === idsByBatch.size) open()
      return both
    }
  }
  const begin = meet()
  const end = meet()
  async function* pieces(customIds: readonly string[]): AsyncGenerator<ResultsPiece, void> {
    await begin()
    for (const id of customIds) {
      yield { type: 'lines', lines: [encoder.encode(lineOf(id, LARGE_TEXT))] }
    }
    await end()
    yield { type: 'end', clean: true, error: null }
  }
  transport.always('streamResults', ({ remoteId }) => ({
    type: 'results',
    pieces: pieces(idsByBatch.get(remoteId) ?? []),
  }))
  await runUntil(() => store.pages.flat().length === 6)
  expect(store.pages.map((page) => page.length)).toEqual([1, 1, 1, 1, 1, 1])
})

test('a line is let go when it is booked, while the next ones come', async () => {
  const { store, transport, customIds, runUntil } = await sentBatch(16)
  const text = 'x'.repeat(5 * 1024 * 1024)
  const encoder = new TextEncoder()
  const lines: WeakRef<Uint8Array>[] = []
  const heldOnAsking: number[] = []
  async function* pieces(): AsyncGenerator<ResultsPiece, void> {
    for (const id of customIds) {
      const line = encoder.encode(lineOf(id, text))
      lines.push(new WeakRef(line))
      yield { type: 'lines', lines: [line] }
      // What a promise has held is free one turn later.
      await setImmediate()
      collectGarbage()
      heldOnAsking.push(lines.filter((each) => each.deref() !== undefined).length)
    }
    yield { type: 'end', clean: true, error: null }
  }
  transport.always('streamResults', () => ({ type: 'results', pieces: pieces() }))
  await runUntil(() => store.pages.flat().length === 16)
  // A window of eight: four lines fill a page, and eight are more than 24 MB.
  expect(Math.max(...heldOnAsking)).toBeLessThanOrEqual(9)
})
