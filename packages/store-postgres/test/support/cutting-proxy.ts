import { connect, createServer, type Server, type Socket } from 'node:net'

/** A way to a server that can be cut at the worst moment. */
export interface CuttingProxy {
  readonly url: string
  /** The next commit reaches the server and is done; its answer is lost, and with it the connection. */
  readonly loseNextCommit: () => void
  readonly stop: () => Promise<void>
}

// How the driver sends it: a simple query of its own.
const COMMIT = Buffer.from('COMMIT\0')

/** Stands between a store and its server. */
export async function startCuttingProxy(serverUrl: string): Promise<CuttingProxy> {
  const target = new URL(serverUrl)
  const sockets = new Set<Socket>()
  let isArmed = false
  const server: Server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    let isCut = false
    sockets.add(near).add(far)
    near.on('data', (chunk) => {
      if (isArmed && chunk.includes(COMMIT)) {
        isArmed = false
        isCut = true
      }
      far.write(chunk)
    })
    // The server has answered, so it has committed.
    far.on('data', (chunk) => (isCut ? near.destroy() : near.write(chunk)))
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    for (const socket of [near, far]) socket.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(serverUrl)
  url.port = String((server.address() as { port: number }).port)
  return {
    url: url.href,
    loseNextCommit: () => {
      isArmed = true
    },
    stop: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
