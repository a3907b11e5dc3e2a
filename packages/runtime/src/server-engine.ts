import { Engine, type EngineOptions, type TickReport } from '@halfrate/core'

/** Tells when there may be new work, until the answer is called. */
export type ListenForWork = (onWork: () => void) => () => Promise<void>

/** Makes requests of a page of rows that others left for us; tells whether more may wait. */
export type MoveInbox = () => Promise<{ readonly isMore: boolean }>

/** What a store on a server does beyond the port. */
export interface ServerStore {
  readonly listen: ListenForWork
  readonly moveInbox: MoveInbox
}

// What is left after so many pages is for the next round, which comes at once.
const MOST_PAGES = 20

/**
 * An engine on a store that others write into as well: each round begins with what stands in its inbox, and a started
 * engine looks as soon as the store says that there is work.
 */
export class ServerEngine extends Engine {
  readonly #options: EngineOptions
  readonly #server: ServerStore
  #stopListening: () => Promise<void> = async () => undefined
  #isStopping = false

  constructor(options: EngineOptions, server: ServerStore) {
    super(options)
    this.#options = options
    this.#server = server
  }

  override async start(): Promise<void> {
    await super.start()
    this.#stopListening = this.#server.listen(() => this.wake())
  }

  override async stop(params: Readonly<{ graceMs: number }>): Promise<void> {
    this.#isStopping = true
    // The engine must know at once, however long a connection takes to say farewell.
    await Promise.all([super.stop(params), this.#stopListening()])
  }

  override async tick(): Promise<TickReport> {
    const inbox = await this.#emptyInbox()
    const report = await super.tick()
    return {
      ...report,
      progressed: report.progressed || inbox.isMore,
      failed: report.failed + inbox.failed,
    }
  }

  // What is at Claude must go on, whatever happens here.
  async #emptyInbox(): Promise<{ readonly isMore: boolean; readonly failed: number }> {
    try {
      for (let page = 0; page < MOST_PAGES; page += 1) {
        if (this.#isStopping) return { isMore: false, failed: 0 }
        if (!(await this.#server.moveInbox()).isMore) return { isMore: false, failed: 0 }
      }
      return { isMore: true, failed: 0 }
    } catch (error) {
      const { observer, clock } = this.#options
      const message = error instanceof Error ? error.message : String(error)
      observer?.onEvent({ type: 'step_failed', at: clock.now(), step: 'inbox', message })
      return { isMore: false, failed: 1 }
    }
  }
}
