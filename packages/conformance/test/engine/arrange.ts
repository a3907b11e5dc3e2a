import {
  type AfterAbsence,
  DEFAULT_PROJECT,
  Engine,
  type EngineEvent,
  type EngineSettings,
  type EpochMs,
  enqueue,
  type OutcomeCounts,
  type ProjectId,
  type QueueName,
  type QueuePolicy,
  queueSetting,
  type RemoteBatch,
  type RemoteId,
  type RequestLife,
  type Submission,
  type WorkerId,
} from '@halfrate/core'
import { MemoryStore } from '@halfrate/core/memory'
import { PRICE_BOOK } from '@halfrate/core/money'
import {
  anIntakeRow,
  aRemoteBatch,
  ManualClock,
  ScriptedTransport,
  SeededRandom,
  scriptedError,
  scriptedResults,
  someCounts,
  testDigest,
} from '../../src/index.js'

/** The queue that everything is put into. */
export const QUEUE: QueueName = 'q' as QueueName
const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000

/** A batch of the scripted workspace: what the list shows, and the lines of its results. */
interface Shelved {
  batch: RemoteBatch
  lines: readonly string[]
}

/**
 * A workspace on a scripted transport, a memory store and an engine, on one manual clock. Creates are accepted unless
 * told otherwise, and batches end when the test says so.
 */
export class World {
  readonly clock: ManualClock = new ManualClock()
  readonly transport: ScriptedTransport = new ScriptedTransport()
  readonly shelf: Shelved[] = []
  readonly events: EngineEvent[] = []
  /** Why answers end, for those of batches that are taken from now on. */
  stopReason = 'end_turn'
  store: MemoryStore = this.#newStore()
  engine: Engine | null = null
  #workers = 0
  #made = 0

  constructor() {
    this.transport
      .always('snapshot', () => this.#page())
      .always('list', () => this.#page())
      .always('retrieve', ({ remoteId }) => {
        const found = this.shelf.find(({ batch }) => batch.id === remoteId)
        if (found !== undefined) return { type: 'batch', batch: found.batch }
        return { type: 'not_found', error: scriptedError('no such batch', { status: 404 }) }
      })
      .always('streamResults', ({ remoteId }) => {
        const found = this.shelf.find(({ batch }) => batch.id === remoteId)
        if (found?.batch.status !== 'ended') {
          return { type: 'not_found', error: scriptedError('no results', { status: 404 }) }
        }
        return scriptedResults({ lines: found.lines })
      })
      .always('createBatch', (_, body) => ({ type: 'accepted', batch: this.accept(body) }))
  }

  /** The provider takes a batch with these bytes, whatever it answers. */
  accept(body: Uint8Array | null): RemoteBatch {
    const { requests } = JSON.parse(new TextDecoder().decode(body ?? new Uint8Array())) as {
      readonly requests: readonly { readonly custom_id: string }[]
    }
    const { stopReason } = this
    return this.put(requests.map(({ custom_id: id }) => successLine(id, stopReason)))
  }

  /** The workspace gets a batch with these results. */
  put(lines: readonly string[]): RemoteBatch {
    this.#made += 1
    const batch = aRemoteBatch({
      id: `msgbatch_${this.#made}` as RemoteId,
      counts: someCounts({ processing: lines.length }),
      createdAt: this.clock.now(),
    })
    this.shelf.unshift({ batch, lines })
    return batch
  }

  /** Every batch that runs ends, with successes only unless something else is said. */
  end(counts?: Partial<OutcomeCounts>): void {
    for (const each of this.shelf) {
      if (each.batch.status === 'ended') continue
      const ended = someCounts(counts ?? { succeeded: each.lines.length })
      each.batch = { ...each.batch, status: 'ended', counts: ended, endedAt: this.clock.now() }
    }
  }

  /** Puts requests in under these keys. */
  async enqueue(...keys: readonly string[]): Promise<void> {
    await this.enqueueIn(DEFAULT_PROJECT, ...keys)
  }

  /** Puts requests of a project in. */
  async enqueueIn(project: ProjectId, ...keys: readonly string[]): Promise<void> {
    const rows = keys.map((key) => anIntakeRow({ key }))
    await enqueue({ store: this.store, project, queue: QUEUE, rows })
  }

  /** Sets the queue's policy; everything is sent at once. */
  async policy(changes: Partial<QueuePolicy> = {}): Promise<void> {
    const name = queueSetting(DEFAULT_PROJECT, QUEUE)
    const current = await this.store.getSetting(name)
    const value = { flush: { count: 100, bytes: 1_000_000, ageMs: 0 }, ...changes }
    await this.store.putSetting({ ...name, value, ifVersion: current?.version ?? null })
  }

  /** Another worker takes over the work. */
  start(afterAbsence: AfterAbsence = 'send', settings: Partial<EngineSettings> = {}): void {
    this.#workers += 1
    this.engine = new Engine({
      store: this.store,
      transport: this.transport,
      clock: this.clock,
      random: new SeededRandom(this.#workers),
      digest: testDigest,
      priceBook: PRICE_BOOK,
      workerId: `w${this.#workers}` as WorkerId,
      afterAbsence,
      settings,
      observer: { onEvent: (event) => this.events.push(event) },
    })
  }

  /** Rounds of the worker, some seconds apart, for as long as it is told. */
  async work(ms: number, everyMs: number = 10 * SECOND_MS): Promise<void> {
    if (this.engine === null) this.start()
    const until = this.clock.now() + ms
    for (;;) {
      await this.engine?.tick()
      if (this.clock.now() >= until) return
      await this.clock.advance(Math.min(everyMs, until - this.clock.now()))
    }
  }

  /** Puts a copy of the store's data back, as from a backup. */
  restore(backup: ReturnType<MemoryStore['snapshot']>): void {
    this.store = MemoryStore.from(backup, { now: this.clock.now })
    this.engine = null
  }

  async submissions(): Promise<readonly Submission[]> {
    return await this.store.listSubmissions({
      account: null,
      states: null,
      afterId: 0,
      limit: 100,
    })
  }

  /** The only submission there is. */
  async only(): Promise<Submission> {
    const [first, ...others] = await this.submissions()
    if (first === undefined || others.length > 0) {
      throw new Error(`There are ${others.length + 1} submissions.`)
    }
    return first
  }

  /** All requests with their attempts. */
  async lives(): Promise<readonly RequestLife[]> {
    const page = { scope: { project: DEFAULT_PROJECT }, states: null, afterId: 0, limit: 100 }
    const lives: RequestLife[] = []
    for (const { id } of await this.store.listRequests(page)) {
      const life = await this.store.getRequest({ project: DEFAULT_PROJECT, id })
      if (life !== null) lives.push(life)
    }
    return lives
  }

  /** How many requests ended, by reason. */
  async ends(): Promise<Readonly<Record<string, number>>> {
    const { counts } = await this.store.report({ scope: { project: DEFAULT_PROJECT } })
    const { succeeded } = counts.byStatus
    return { ...(succeeded > 0 ? { succeeded } : {}), ...counts.byReason }
  }

  /** Batches that were sent. */
  get sent(): number {
    return this.transport.callsOf('createBatch').length
  }

  alarms(): readonly string[] {
    return this.events.flatMap((event) => (event.type === 'alarm' ? [event.code] : []))
  }

  now(): EpochMs {
    return this.clock.now()
  }

  #newStore(): MemoryStore {
    return new MemoryStore({ now: this.clock.now })
  }

  #page(): Awaited<ReturnType<ScriptedTransport['list']>> {
    const batches = this.shelf.map(({ batch }) => batch)
    const serverAt = this.clock.now()
    return { type: 'page', batches, hasMore: false, serverAt, workspaceId: 'w' }
  }
}

/** A line of a results file in which a request was answered. */
export function successLine(customId: string, stopReason = 'end_turn'): string {
  return JSON.stringify({
    custom_id: customId,
    result: {
      type: 'succeeded',
      message: {
        id: `msg_${customId}`,
        type: 'message',
        role: 'assistant',
        model: 'claude-haiku-4-5',
        content: [{ type: 'text', text: 'yes' }],
        stop_reason: stopReason,
        usage: { input_tokens: 10, output_tokens: 2 },
      },
    },
  })
}
