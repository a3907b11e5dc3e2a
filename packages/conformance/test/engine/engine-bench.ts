import {
  type AccountId,
  type AccountPauses,
  type CreateResult,
  Engine,
  type EngineEvent,
  type IntakeRow,
  type ProjectId,
  type ProviderError,
  pauseSetting,
  pausesOf,
  type QueueName,
  type QueuePolicy,
  queueSetting,
  type RemoteBatch,
  type RemoteId,
  type Request,
  type SettingName,
  type WorkerId,
} from '@halfrate/core'
import { MemoryStore } from '@halfrate/core/memory'
import { PRICE_BOOK } from '@halfrate/core/money'
import {
  anEndedBatch,
  anIntakeRow,
  aRemoteBatch,
  ManualClock,
  ScriptedTransport,
  SeededRandom,
  scriptedError,
  someCounts,
  testDigest,
} from '../../src/index.js'

/** A create call as the provider sees it: how many requests, and the whole body as text. */
export interface SeenCreate {
  readonly at: number
  readonly count: number
  readonly body: string
}

const MINUTE_MS = 60_000

/** An engine on the memory store, a provider that a test answers for, and a clock that it moves. */
export class EngineBench {
  readonly project: ProjectId = 'acme' as ProjectId
  readonly account: AccountId = 'default' as AccountId
  readonly queue: QueueName = 'nightly' as QueueName
  readonly clock = new ManualClock()
  readonly store = new MemoryStore({ now: this.clock.now })
  readonly transport = new ScriptedTransport()
  readonly creates: SeenCreate[] = []
  readonly events: EngineEvent[] = []
  readonly batches: RemoteBatch[] = []
  /** Why a create is refused; null to accept it. */
  refuse: (create: SeenCreate) => Partial<ProviderError> | null = () => null
  /** Why every other call is refused; null to answer it. */
  refuseReads: Partial<ProviderError> | null = null
  /** The workspace that the key leads to, as the provider names it. */
  workspaceId: string | null = null
  #engine: Engine
  #workers = 0
  #keys = 0

  constructor() {
    this.transport.always('snapshot', () => this.#page())
    this.transport.always('list', () => this.#page())
    this.transport.always('retrieve', ({ remoteId }) => {
      if (this.refuseReads !== null) return { type: 'failed', error: this.#error(this.refuseReads) }
      const batch = this.batches.find(({ id }) => id === remoteId)
      return batch === undefined
        ? { type: 'not_found', error: this.#error({ status: 404 }) }
        : { type: 'batch', batch }
    })
    this.transport.always('createBatch', (params, body) => {
      const text = new TextDecoder().decode(body ?? new Uint8Array())
      return this.#create({ at: this.clock.now(), count: params.requestCount, body: text })
    })
    this.transport.always('streamResults', {
      type: 'not_found',
      error: this.#error({ status: 404 }),
    })
    this.#engine = this.#startEngine()
  }

  /** Puts requests with these texts, which stand in their bodies. */
  async enqueue(...texts: readonly string[]): Promise<void> {
    const rows = texts.map((text) => {
      this.#keys += 1
      const bodyText = `"messages":[{"role":"user","content":${JSON.stringify(text)}}]`
      return anIntakeRow({ key: `key-${this.#keys}`, bodyText })
    })
    await this.put(rows)
  }

  /** Puts rows as they are. */
  async put(rows: readonly IntakeRow[]): Promise<void> {
    const { project, account, queue } = this
    const limit = this.store.traits.pageLimit
    for (let at = 0; at < rows.length; at += limit) {
      const page = rows.slice(at, at + limit)
      await this.store.putRequests({
        ...{ project, account, queue },
        job: null,
        onConflict: 'report',
        rows: page,
      })
    }
  }

  /** Sets the queue's policy; by default everything goes at once. */
  async setPolicy(policy: Partial<QueuePolicy> = {}): Promise<void> {
    const flush = { count: 100_000, bytes: 200_000_000, ageMs: 0 }
    await this.set(queueSetting(this.project, this.queue), { flush, ...policy })
  }

  /** Writes a settings document. */
  async set(name: SettingName, value: unknown): Promise<void> {
    const ifVersion = (await this.store.getSetting(name))?.version ?? null
    await this.store.putSetting({ ...name, value, ifVersion })
  }

  /** Works until nothing is done any more at this instant. */
  async work(): Promise<void> {
    for (let round = 0; round < 200; round += 1) {
      if (!(await this.#engine.tick()).progressed) return
    }
  }

  /** Lets time pass, a minute at a time, and works at every one. */
  async pass(minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      await this.clock.advance(MINUTE_MS)
      await this.work()
    }
  }

  /** Begins anew with nothing but what the store holds, as after a crash. */
  restart(): void {
    this.#engine = this.#startEngine()
  }

  /** Ends every batch at the provider. */
  endBatches(): void {
    for (const [index, batch] of this.batches.entries()) {
      const succeeded = batch.counts.processing + batch.counts.succeeded
      const { id, createdAt } = batch
      this.batches[index] = anEndedBatch({ succeeded }, { id, createdAt })
    }
  }

  /** The account's pauses as they stand in the store. */
  async pauses(): Promise<AccountPauses> {
    return pausesOf((await this.store.getSetting(pauseSetting(this.account)))?.value)
  }

  /** All requests. */
  async requests(): Promise<readonly Request[]> {
    const all: Request[] = []
    for (let afterId = 0; ; ) {
      const scope = { project: this.project }
      const page = await this.store.listRequests({ scope, states: null, afterId, limit: 500 })
      all.push(...page)
      const last = page.at(-1)
      if (last === undefined) return all
      afterId = last.id
    }
  }

  /** Events of one type. */
  eventsOf<Type extends EngineEvent['type']>(
    type: Type,
  ): readonly Extract<EngineEvent, { type: Type }>[] {
    return this.events.filter(
      (event): event is Extract<EngineEvent, { type: Type }> => event.type === type,
    )
  }

  #startEngine(): Engine {
    this.#workers += 1
    const { store, transport, clock } = this
    return new Engine({
      ...{ store, transport, clock },
      random: new SeededRandom(this.#workers),
      digest: testDigest,
      priceBook: PRICE_BOOK,
      workerId: `worker-${this.#workers}` as WorkerId,
      takeOverFrom: `worker-${this.#workers - 1}` as WorkerId,
      account: this.account,
      observer: { onEvent: (event) => this.events.push(event) },
    })
  }

  #create(create: SeenCreate): CreateResult {
    this.creates.push(create)
    const refusal = this.refuse(create)
    if (refusal !== null) return { type: 'refused', error: this.#error(refusal) }
    const batch = aRemoteBatch({
      id: `msgbatch_${this.batches.length + 1}` as RemoteId,
      createdAt: this.clock.now(),
      counts: someCounts({ processing: create.count }),
    })
    this.batches.unshift(batch)
    return { type: 'accepted', batch }
  }

  #page() {
    if (this.refuseReads !== null) {
      return { type: 'failed', error: this.#error(this.refuseReads) } as const
    }
    const { batches, workspaceId } = this
    const now = this.clock.now()
    return { type: 'page', batches, hasMore: false, serverAt: now, workspaceId } as const
  }

  #error(over: Partial<ProviderError>): ProviderError {
    return scriptedError(over.message ?? 'refused', over)
  }
}
