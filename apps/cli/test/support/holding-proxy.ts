import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A way to the emulator on which sends get there whole, and their answers wait. */
export interface HoldingProxy {
  /** Flags that lead a command to it. */
  readonly flags: readonly string[]
  /** Resolves when the answer to a send waits here: its last byte has left, and whoever sent it knows of no answer. */
  readonly sendUnderWay: Promise<void>
  /** Lets the answers through, and all that come later. */
  letGo(): void
}

const SEND = 'POST /v1/messages/batches'

/** Starts a proxy before an emulator whose flags these are. */
export async function startHoldingProxy(flags: readonly string[]): Promise<HoldingProxy> {
  const target = new URL(flags[flags.indexOf('--base-url') + 1] ?? '')
  const sockets = new Set<Socket>()
  const held: (() => void)[] = []
  let isOpen = false
  let tellSend = (): void => undefined
  const sendUnderWay = new Promise<void>((resolve) => {
    tellSend = resolve
  })
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    for (const socket of [near, far]) sockets.add(socket.on('error', () => socket.destroy()))
    let isSend = false
    near.on('data', (chunk) => {
      isSend ||= chunk.includes(SEND)
      far.write(chunk)
    })
    far.on('data', (chunk) => {
      if (isOpen || !isSend) return void near.write(chunk)
      held.push(() => near.write(chunk))
      tellSend()
    })
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
      for (const answer of held) answer()
    },
  }
}
