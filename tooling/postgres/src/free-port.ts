import { createServer } from 'node:net'
import { PostgresServerError } from './postgres-server-error.js'

// Below what systems hand out by themselves, for port 0 and for the near ends of connections: Linux from 32,768 (its
// `ip_local_port_range`), macOS from 49,152. A port of theirs could be gone between this look and its use, or while a
// server that had it is away.
const FIRST = 10_240
const BEHIND_LAST = 32_768
// Processes that live at the same time begin so many ports from each other.
const PORTS_EACH = 97
const LOOKS = 1_000

let looked = 0

/**
 * A port of this machine (127.0.0.1) that nobody listens at, and that the system gives to nobody who doesn't ask for it
 * by its number, so that it is still free some time later. Never the same twice in a process, before it has been round.
 *
 * @throws {PostgresServerError} when a thousand ports were all taken.
 */
export async function freePort(): Promise<number> {
  for (let look = 0; look < LOOKS; look += 1) {
    const port = FIRST + ((process.pid * PORTS_EACH + looked) % (BEHIND_LAST - FIRST))
    looked += 1
    if (await isFree(port)) return port
  }
  throw new PostgresServerError(`${LOOKS} ports of 127.0.0.1 were tried, and all were taken.`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
