import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { type LoadJobParams, loadJob } from '../../../src/engine/intake-load-job.js'
import { StoreUnavailableError } from '../../../src/errors.js'
import { MemoryStore } from '../../../src/memory/index.js'
import { DEFAULT_PROJECT } from '../../../src/model/ids.js'
import { IntakeRowMaker } from '../../../src/policy/intake/intake-row-maker.js'
import type { IntakeRow, PutParams } from '../../../src/ports/store-intake.js'

const maker = new IntakeRowMaker({
  hash128: (...parts) => {
    const hash = createHash('sha256')
    for (const part of parts) hash.update(part)
    return new Uint8Array(hash.digest().subarray(0, 16))
  },
})

/** A memory store with the smallest pages, whose puts can be watched and made to fail. */
export class WatchedStore extends MemoryStore {
  /** Sizes of the pages that were put. */
  readonly pages: number[] = []
  /** Called with the number of each put before it happens. */
  beforePut: (put: number) => Promise<void> | void = () => undefined

  constructor() {
    super({ now: () => 1_790_000_000_000, pageLimit: 100 })
  }

  override async putRequests(params: PutParams) {
    await this.beforePut(this.pages.length)
    this.pages.push(params.rows.length)
    return super.putRequests(params)
  }

  /** Fails at a put and every one after it, as when the process dies there. */
  cutAt(put: number): void {
    this.beforePut = (at) => {
      if (at >= put) throw new StoreUnavailableError('cut')
    }
  }

  heal(): void {
    this.beforePut = () => undefined
  }
}

/** One row of an input. */
export function rowOf(key: string, row: number | null, content = key): IntakeRow {
  const params = { model: 'm', max_tokens: 5, messages: [{ role: 'user', content }] }
  return maker.intakeRowOf({ key, params }, row)
}

/** Rows with the keys `k1` and on. */
export function rows(count: number, from = 1): IntakeRow[] {
  return Array.from({ length: count }, (_, index) => rowOf(`k${from + index}`, index + 1))
}

/** Loads rows into the job `notes`. */
export function load(
  store: WatchedStore,
  input: readonly IntakeRow[],
  options: Partial<LoadJobParams> = {},
) {
  return loadJob({
    store,
    jobName: 'notes',
    file: 'notes.jsonl',
    onConflict: 'report',
    read: () => ({ rows: input, sourceDigest: () => 'd' }),
    ...options,
  })
}

/** Keys of the job's newest input in row order, with what was asked. */
export async function listed(store: WatchedStore): Promise<readonly string[]> {
  const job = await store.findJob({ project: DEFAULT_PROJECT, name: 'notes' })
  if (job === null) return expect.fail('there is no job')
  const keys: string[] = []
  for (let afterRow = 0; ; ) {
    const page = await store.readResults({
      project: job.project,
      jobId: job.id,
      afterRow,
      limit: 100,
    })
    keys.push(...page.map(({ request }) => request.key))
    const last = page.at(-1)?.request.row
    if (last === undefined || last === null) return keys
    afterRow = last
  }
}

/** Requests that the store holds, accepted or not. */
export function storedCount(store: WatchedStore): number {
  return store.snapshot().requests.length
}

/** Whatever a promise is refused with. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('it went well'),
    (error: unknown) => error,
  )
}
