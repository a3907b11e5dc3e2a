import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A way to the emulator on which sends get there, and their answers wait. */
export interface HoldingProxy {
  /** Flags that lead a command to it. */
  readonly flags: readonly string[]
  /** Resolves when a send has come by. */
  readonly sendUnderWay: Promise<void>
  /** Lets the answers through, and all that come later. */
  letGo(): void
}

const SEND = 'POST /v1/messages/batches'

/** Starts a proxy before an emulator whose flags these are. */
export async function startHoldingProxy(flags: readonly string[]): Promise<HoldingProxy> {
  const target = new URL(flags[flags.indexOf('--base-url') + 1] ?? '')
  const sockets = new Set<Socket>()
  const held = new Set<Socket>()
  let isOpen = false
  let tellSend = (): void => undefined
  const sendUnderWay = new Promise<void>((resolve) => {
    tellSend = resolve
  })
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    for (const socket of [near, far]) sockets.add(socket.on('error', () => socket.destroy()))
    near.on('data', (chunk) => {
      if (!isOpen && chunk.includes(SEND)) {
        held.add(far.pause())
        tellSend()
      }
      far.write(chunk)
    })
    far.on('data', (chunk) => near.write(chunk))
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    flags: flags.map((flag) =>
      flag === target.href.replace(/\/$/, '') ? `http://127.0.0.1:${port}` : flag,
    ),
    sendUnderWay,
    letGo: () => {
      isOpen = true
      for (const socket of held) socket.resume()
    },
  }
}
