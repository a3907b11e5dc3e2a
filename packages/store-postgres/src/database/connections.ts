import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import type { CallLimit } from './call-limit.js'
import { isSilence } from './translate-error.js'

/** How {@link Connections} work. */
export interface ConnectionsOptions {
  readonly pool: Pool
  /** A clock that only goes forward, milliseconds. */
  readonly monotonicMs: () => number
}

const FAREWELL_MS = 1_000

/**
 * Gives out connections of a pool, and takes them back.
 *
 * A network forgets connections by the dozen: when one of them was asked and stayed silent, those that were last heard
 * before are not asked as well, one after the other, but thrown away.
 */
export class Connections {
  readonly #pool: Pool
  readonly #monotonicMs: () => number
  readonly #heardAt = new WeakMap<PoolClient, number>()
  readonly #takenAt = new WeakMap<PoolClient, number>()
  readonly #open = new Set<PoolClient>()
  #silentSince = Number.NEGATIVE_INFINITY

  constructor({ pool, monotonicMs }: ConnectionsOptions) {
    this.#pool = pool
    this.#monotonicMs = monotonicMs
    pool.on('connect', (client) => {
      this.#open.add(client)
      client.once('end', () => this.#open.delete(client))
    })
  }

  /**
   * Takes one, and waits for it no longer than the call may take, nor than the pool's own time-out.
   *
   * @throws {StoreUnavailableError} when the call's time is over; what the driver throws otherwise.
   */
  async take(limit: CallLimit): Promise<PoolClient> {
    for (;;) {
      const client = await this.#connect(limit)
      const heardAt = this.#heardAt.get(client) ?? Number.POSITIVE_INFINITY
      if (heardAt > this.#silentSince) {
        this.#takenAt.set(client, this.#monotonicMs())
        return client
      }
      drop(client)
    }
  }

  /** Takes one back that can be used again. */
  giveBack(client: PoolClient): void {
    this.#heardAt.set(client, this.#monotonicMs())
    client.release()
  }

  /** Throws one away, of which nobody knows what state it is in; the error says why. */
  throwAway(client: PoolClient, error: unknown): void {
    const takenAt = this.#takenAt.get(client) ?? Number.NEGATIVE_INFINITY
    if (isSilence(error)) this.#silentSince = Math.max(this.#silentSince, takenAt)
    drop(client)
  }

  /** Ends all of them, within a second or so whatever the server does. */
  async end(): Promise<void> {
    await this.#pool.end()
    // A farewell that the network swallows would keep the process alive for as long as the system repeats it.
    setTimeout(() => {
      for (const { connection } of this.#open) connection.stream.destroy()
    }, FAREWELL_MS).unref()
  }

  async #connect(limit: CallLimit): Promise<PoolClient> {
    const { leftMs } = limit
    const connected = this.#pool.connect()
    const own = this.#pool.options.connectionTimeoutMillis ?? Number.POSITIVE_INFINITY
    const client = own <= leftMs ? await connected : await unlessLate(connected, leftMs)
    if (client === null) throw limit.exceeded('no connection to the server')
    return client
  }
}

// At once: a pool counts one that takes its leave until the server has answered.
function drop(client: PoolClient): void {
  client.connection.stream.destroy()
  client.release(true)
}

async function unlessLate(connected: Promise<PoolClient>, ms: number): Promise<PoolClient | null> {
  const timer = new AbortController()
  const late = sleep(ms, null, { signal: timer.signal }).catch(() => null)
  try {
    const client = await Promise.race([connected, late])
    if (client === null) connected.then((each) => each.release()).catch(() => undefined)
    return client
  } finally {
    timer.abort()
  }
}
