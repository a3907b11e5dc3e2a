import type { WorkListener } from './work-listener.js'

/** The listeners of one open store. */
export class WorkListeners {
  readonly #open: (onWork: () => void) => WorkListener | null
  readonly #listeners = new Set<WorkListener>()

  /** @param open makes a listener; null where nothing can be heard. */
  constructor(open: (onWork: () => void) => WorkListener | null) {
    this.#open = open
  }

  /** Listens until the answer is called. */
  listen(onWork: () => void): () => Promise<void> {
    const listener = this.#open(onWork)
    if (listener === null) return async () => undefined
    this.#listeners.add(listener)
    return async () => {
      this.#listeners.delete(listener)
      await listener.close()
    }
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    await Promise.all([...this.#listeners].map((listener) => listener.close()))
  }
}
