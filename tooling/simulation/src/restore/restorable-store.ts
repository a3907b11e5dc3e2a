import type { Store } from '@halfrate/core'
import { type MemorySnapshot, MemoryStore } from '@halfrate/core/memory'

type StoreOptions = ConstructorParameters<typeof MemoryStore>[0]

/** A store whose data can be put back from a backup, under the feet of whoever has it. */
export class RestorableStore {
  /** The store as everybody has it, before and after. */
  readonly store: Store
  readonly #options: StoreOptions
  #current: MemoryStore

  constructor(options: StoreOptions) {
    this.#options = options
    this.#current = new MemoryStore(options)
    this.store = new Proxy(this.#current as Store, {
      get: (_, name) => {
        const current = this.#current
        const value: unknown = Reflect.get(current, name)
        return typeof value === 'function' ? value.bind(current) : value
      },
    })
  }

  /** Makes a backup. */
  backup(): MemorySnapshot {
    return this.#current.snapshot()
  }

  /** Puts a backup back. What happened since is gone. */
  restore(snapshot: MemorySnapshot): void {
    this.#current = MemoryStore.from(snapshot, this.#options)
  }
}
