import { startPostgres } from '@halfrate/postgres-server'
import type { Server } from './comparisons.js'
import { POSTGRES_URL } from './postgres.js'
import { hasRedis, REDIS_PORT, startRedis } from './redis.js'

/** The servers of a run, which its sides find by their environment. */
export interface RunningServers {
  readonly running: ReadonlySet<Server>
  readonly stop: () => Promise<void>
}

// As a server comes, and not as one for tests.
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }

/** Starts what is needed, and says what each is; a Redis that this machine doesn't have is left out. */
export async function startServers(needed: ReadonlySet<Server>): Promise<RunningServers> {
  const running = new Set<Server>()
  const stops: (() => Promise<void> | void)[] = []
  if (needed.has('postgres')) {
    const server = await startPostgres({ settings: DURABLE })
    process.env[POSTGRES_URL] = server.url
    stops.push(server.stop)
    running.add('postgres')
    console.log(
      'PostgreSQL of npm, its own settings: fsync, synchronous_commit and full_page_writes on, shared_buffers 128 MB.',
    )
  }
  if (needed.has('redis')) {
    if (hasRedis()) {
      const server = await startRedis()
      process.env[REDIS_PORT] = String(server.port)
      stops.push(server.stop)
      running.add('redis')
    } else {
      console.log(
        'Left out what needs Redis: there is no redis-server on this machine (Debian: apt-get install redis-server).',
      )
    }
  }
  return {
    running,
    stop: async () => {
      for (const stop of stops) await stop()
    },
  }
}
