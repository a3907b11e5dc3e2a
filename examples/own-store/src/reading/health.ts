import type { StoreHealth } from '@halfrate/core'
import { FORMAT, fieldOf, keepsAll } from '../redis/check-server.js'
import type { Session } from '../session.js'

/**
 * See `OperatingStore.health`. The size is that of the server's log, which holds every namespace; a server checks its log
 * when it starts, so no faults are looked for.
 */
export async function health({ connection }: Session): Promise<StoreHealth> {
  const server = await connection.ask<string>('INFO', 'server')
  const persistence = await connection.ask<string>('INFO', 'persistence')
  return {
    engine: `Redis ${fieldOf(server, 'redis_version')}`,
    schema: `own-store ${FORMAT}`,
    bytes: Number(fieldOf(persistence, 'aof_current_size')),
    // Asked anew, since whoever may can change a setting while the server runs.
    isDurable: await keepsAll((words) => connection.ask(...words)),
    faults: null,
  }
}
