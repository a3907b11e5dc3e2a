import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningPostgres } from '@halfrate/postgres-server'
import type { Draw } from '../chance/draw.js'
import { realMs } from '../real-time.js'
import type { KeptProcess } from './kept-process.js'
import type { HalfOpen, TcpProxy } from './tcp-proxy.js'

/** What is done to the processes of a run. `kill` is `kill -9` of a worker. */
export const DISASTERS = [
  'kill',
  'stop',
  'stop_twice',
  'freeze',
  'provider_cut',
  'provider_stall',
  'provider_half_open',
  'database_immediate',
  'database_kill',
  'database_cut',
  'database_stall',
  'database_half_open',
] as const

/** The name of a disaster. */
export type Disaster = (typeof DISASTERS)[number]

// How often each comes, in parts of all.
const SHARES: Readonly<Record<Disaster, number>> = {
  kill: 56,
  stop: 10,
  stop_twice: 4,
  freeze: 4,
  provider_cut: 4,
  provider_stall: 4,
  provider_half_open: 4,
  database_immediate: 3,
  database_kill: 2,
  database_cut: 3,
  database_stall: 3,
  database_half_open: 3,
}

// Real time. A lease lasts ten seconds at least, so most freezes outlast it. A send may take five seconds, and a stall
// that ends before them leaves no batch that comes later than the settle window allows.
const FREEZE_MS = [2_000, 14_000] as const
const STALL_MS = [200, 4_000] as const
const HALF_OPEN_MS = [500, 8_000] as const
const DOWN_MS = [100, 2_500] as const
const TWICE_MS = [1, 300] as const

/** What disasters strike at. */
export interface Stage {
  readonly workers: readonly KeptProcess[]
  readonly provider: TcpProxy
  /** Null on SQLite. */
  readonly database: { readonly proxy: TcpProxy; readonly server: RunningPostgres } | null
}

/** Strikes at the processes of a run, and puts right again what it did. */
export class Disasters {
  readonly #stage: Stage
  readonly #draw: Draw
  readonly #after = new Set<Promise<void>>()
  readonly #calm = new AbortController()
  #isDown = false
  // Until when the database was in trouble at the latest: the machine's own time.
  #troubleMs = Number.NEGATIVE_INFINITY

  constructor(stage: Stage, draw: Draw) {
    this.#stage = stage
    this.#draw = draw
  }

  /** Draws a disaster and lets it strike. Null when what it would strike at is down already. */
  strike(): Disaster | null {
    const disaster = this.#drawOne()
    return this.#does(disaster) ? disaster : null
  }

  /** Whether the database, or the way to it, was in trouble after this instant. */
  struckDatabaseSince(ms: number): boolean {
    return this.#isDown || this.#troubleMs >= ms
  }

  /** From now on everything is well. Resolves when it is. */
  async heal(): Promise<void> {
    this.#calm.abort()
    await Promise.all(this.#after)
    this.#stage.provider.heal()
    this.#stage.database?.proxy.heal()
  }

  #drawOne(): Disaster {
    const possible = DISASTERS.filter(
      (name) => this.#stage.database !== null || !name.startsWith('database'),
    )
    const all = possible.reduce((sum, name) => sum + SHARES[name], 0)
    let left = this.#draw.fraction() * all
    for (const name of possible) {
      left -= SHARES[name]
      if (left < 0) return name
    }
    return 'kill'
  }

  #does(disaster: Disaster): boolean {
    const { provider, database } = this.#stage
    switch (disaster) {
      case 'kill':
      case 'stop':
      case 'stop_twice':
      case 'freeze':
        return this.#atWorker(disaster)
      case 'database_immediate':
        return this.#takeDown('immediate')
      case 'database_kill':
        return this.#takeDown('kill')
      default: {
        const proxy = disaster.startsWith('database') ? database?.proxy : provider
        if (proxy === undefined) return false
        const untilMs = realMs() + this.#atProxy(disaster, proxy)
        if (proxy === database?.proxy) this.#troubleMs = Math.max(this.#troubleMs, untilMs)
        return true
      }
    }
  }

  #atWorker(disaster: 'kill' | 'stop' | 'stop_twice' | 'freeze'): boolean {
    const up = this.#stage.workers.map(({ process }) => process).filter(({ isUp }) => isUp)
    const process = up[this.#draw.whole(0, Math.max(0, up.length - 1))]
    if (process === undefined) return false
    switch (disaster) {
      case 'kill':
        process.kill()
        break
      case 'stop':
        process.ask()
        break
      case 'stop_twice':
        process.ask()
        this.#later(this.#draw.logWhole(...TWICE_MS), async () => process.ask())
        break
      case 'freeze':
        process.freeze()
        this.#later(this.#draw.logWhole(...FREEZE_MS), async () => process.thaw())
    }
    return true
  }

  // Answers how long that lasts, milliseconds.
  #atProxy(disaster: Disaster, proxy: TcpProxy): number {
    if (disaster.endsWith('cut')) {
      proxy.cut()
      return 0
    }
    if (disaster.endsWith('stall')) {
      const ms = this.#draw.logWhole(...STALL_MS)
      proxy.stall(ms)
      return ms
    }
    const carries = this.#draw.pick<HalfOpen>(['nothing', 'requests'])
    const ms = this.#draw.logWhole(...HALF_OPEN_MS)
    proxy.halfOpen(carries, ms)
    return ms
  }

  #takeDown(how: 'immediate' | 'kill'): boolean {
    const { database } = this.#stage
    if (database === null || this.#isDown) return false
    this.#isDown = true
    const { server } = database
    const crashed = server.crash(how)
    this.#later(this.#draw.logWhole(...DOWN_MS), async () => {
      await crashed
      await server.start()
      this.#troubleMs = Math.max(this.#troubleMs, realMs())
      this.#isDown = false
    })
    return true
  }

  // Also when everything is to be well again, then at once.
  #later(ms: number, act: () => Promise<void>): void {
    const waited = sleep(ms, undefined, { signal: this.#calm.signal }).catch(() => undefined)
    const done = waited.then(act)
    this.#after.add(done)
    void done.then(() => this.#after.delete(done))
  }
}
