import { afterAll, beforeAll, describe } from 'vitest'
import { RedisServer, whyNoServer } from './redis-server.js'

/** Registers tests that share a server of their own. Without one on this machine they are skipped, and say why. */
export function describeWithServer(name: string, body: (server: () => RedisServer) => void): void {
  const reason = whyNoServer()
  if (reason !== null) {
    process.stderr.write(`${name}: skipped, ${reason}\n`)
    describe.skip(`${name} (skipped: ${reason})`, () => body(noServer))
    return
  }
  describe(name, () => {
    let server: RedisServer | null = null
    beforeAll(async () => {
      server = await RedisServer.start()
    })
    afterAll(async () => {
      await server?.remove()
    })
    body(() => server ?? noServer())
  })
}

function noServer(): never {
  throw new Error('There is no server.')
}
