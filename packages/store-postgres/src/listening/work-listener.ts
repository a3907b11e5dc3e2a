import { setTimeout as sleep } from 'node:timers/promises'
import type { ListeningConnection } from '../database/open-pool.js'
import { HintGate } from './hint-gate.js'
import { WORK_CHANNEL } from './notify-work.js'

/** What a listener needs. */
export interface WorkListenerOptions {
  /** Makes a connection that nobody else uses; it is not connected yet. */
  readonly open: () => ListeningConnection
  readonly schema: string
  readonly onWork: () => void
  /** A number from 0 to below 1, for the waits between tries. */
  readonly random: () => number
}

/**
 * Least time between two hints. A worker looks around every two seconds anyway; a flood of hints makes that four times
 * as often, whatever its size.
 */
const GAP_MS = 500
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 30_000
// A network that forgot the connection says nothing, so the server is asked for a sign of life.
const ASK_EVERY_MS = 30_000
const FAREWELL_MS = 1_000

/**
 * Listens for work on a connection of its own, until it is closed.
 *
 * What it passes on is a hint and no more: hints that come while the connection is lost are lost, so workers look around
 * by themselves all the same. A lost connection is opened again, at longer and longer intervals, and each time counts as
 * a hint.
 */
export class WorkListener {
  readonly #options: WorkListenerOptions
  readonly #gate: HintGate
  readonly #stop = new AbortController()
  readonly #stopped: Promise<void>
  readonly #ended: Promise<void>

  constructor(options: WorkListenerOptions) {
    this.#options = options
    this.#gate = new HintGate({ gapMs: GAP_MS, onHint: options.onWork })
    this.#stopped = new Promise((resolve) => {
      this.#stop.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    this.#ended = this.#run()
  }

  /** Stops to listen and ends the connection, within a second or so whatever its server does. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#gate.close()
    await this.#ended
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    for (let failures = 0; !signal.aborted; failures += 1) {
      if (await this.#listen()) failures = 0
      const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10))
      await this.#pause(this.#options.random() * longest)
    }
  }

  // Resolves when the connection is lost; true if there was one.
  async #listen(): Promise<boolean> {
    const { client, cut } = this.#options.open()
    let isListening = false
    const lost = new Promise<void>((resolve) => {
      client.once('end', resolve)
      client.on('error', () => resolve())
    })
    client.on('notification', ({ payload }) => {
      if (payload === this.#options.schema) this.#gate.hint()
    })
    void this.#stopped.then(async () => {
      await sleep(FAREWELL_MS, undefined, { ref: false })
      cut()
    })
    try {
      await client.connect()
      await client.query(`LISTEN ${WORK_CHANNEL}`)
      isListening = true
      // What came before could not be heard.
      if (!this.#stop.signal.aborted) this.#gate.hint()
      await this.#whileAlive(() => client.query('SELECT 1'), lost)
      await Promise.race([client.end(), sleep(FAREWELL_MS, undefined, { ref: false })])
    } catch {
      // The next try, or the worker's own rounds, find out whether anything is wrong.
    } finally {
      cut()
    }
    return isListening
  }

  async #whileAlive(ask: () => Promise<unknown>, lost: Promise<void>): Promise<void> {
    let isLost = false
    const ended = lost.then(() => {
      isLost = true
    })
    while (!isLost && !this.#stop.signal.aborted) {
      await Promise.race([ended, this.#pause(ASK_EVERY_MS)])
      if (!isLost && !this.#stop.signal.aborted) await ask()
    }
  }

  async #pause(ms: number): Promise<void> {
    const pause = new AbortController()
    const slept = sleep(ms, undefined, { ref: false, signal: pause.signal }).catch(() => undefined)
    await Promise.race([slept, this.#stopped])
    pause.abort()
  }
}
