import { Engine, type EngineOptions } from '@halfrate/core'

/** Tells when there may be new work, until the answer is called. */
export type ListenForWork = (onWork: () => void) => () => Promise<void>

/** An engine that looks for work as soon as the store says that there is some, and in its rounds all the same. */
export class HintedEngine extends Engine {
  readonly #listen: ListenForWork
  #stopListening: () => Promise<void> = async () => undefined

  constructor(options: EngineOptions, listen: ListenForWork) {
    super(options)
    this.#listen = listen
  }

  override async start(): Promise<void> {
    await super.start()
    this.#stopListening = this.#listen(() => this.wake())
  }

  override async stop(params: Readonly<{ graceMs: number }>): Promise<void> {
    // The engine must know at once, however long a connection takes to say farewell.
    await Promise.all([super.stop(params), this.#stopListening()])
  }
}
