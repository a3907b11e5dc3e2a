import { type Store, StoreUnavailableError } from '@halfrate/core'
import type { Draw } from '../chance/draw.js'
import type { PortCalls } from '../process/port-call.js'
import type { SimProcess } from '../process/sim-process.js'
import type { StoreCall } from './store-call.js'

/** Told of every store call that took effect, whether or not its caller ever learns of it. */
export interface StoreWatcher {
  /** Just before a call takes effect. */
  before(call: StoreCall, params: unknown): Promise<void> | undefined
  /** Just after. */
  after(call: StoreCall, params: unknown, answer: unknown): Promise<void> | undefined
}

/** What one process's way to the store is made of. */
export interface SimStoreOptions {
  readonly process: SimProcess
  readonly calls: PortCalls
  readonly store: Store
  readonly watcher: StoreWatcher
  readonly draw: Draw
}

type AnyCall = (params?: unknown) => Promise<unknown>

/** The Store port as one process has it: each call is numbered, takes time, and can fail or be the last one. */
export function simStore(options: SimStoreOptions): Store {
  const { store } = options
  const made = new Map<string | symbol, AnyCall>()
  const handler: ProxyHandler<Store> = {
    get(_, name) {
      if (name === 'traits') return store.traits
      const known = made.get(name)
      if (known !== undefined) return known
      const call = carried(options, name as StoreCall)
      made.set(name, call)
      return call
    },
  }
  return new Proxy(store, handler)
}

function carried(options: SimStoreOptions, name: StoreCall): AnyCall {
  const { process, calls, store, watcher, draw } = options
  const call = (store[name] as AnyCall).bind(store)
  return (params) =>
    calls.make(process, {
      port: 'store',
      name,
      beforeMs: draw.whole(0, 3),
      afterMs: 0,
      effect: async () => {
        await watcher.before(name, params)
        const answer = await call(params)
        const watched = watcher.after(name, params, answer)
        if (watched !== undefined) await watched
        return answer
      },
      failure: (hadEffect) => ({
        type: 'error',
        error: new StoreUnavailableError(`${name} ${hadEffect ? 'was not answered' : 'failed'}.`),
      }),
    })
}
