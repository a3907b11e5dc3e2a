import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { TcpProxy } from '../../src/killtest/tcp-proxy.js'

interface Scene {
  readonly proxy: TcpProxy
  /** What the server heard, all connections together. */
  readonly heard: () => string
  readonly call: () => Promise<Socket>
}

/** A server that answers every piece with the same piece, and a proxy before it. */
async function aScene(): Promise<Scene> {
  let heard = ''
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (piece) => {
      heard += piece.toString()
      socket.write(piece)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy = await TcpProxy.start(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(async () => {
    await proxy.stop()
    server.close()
  })
  const call = async (): Promise<Socket> => {
    const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1')
    socket.setEncoding('utf8').on('error', () => undefined)
    await once(socket, 'connect')
    return socket
  }
  return { proxy, call, heard: () => heard }
}

// `once` of events would take the reset itself for a failure.
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

it('carries both ways, and resets what is connected when it is cut', async () => {
  const { proxy, call } = await aScene()
  const socket = await call()
  socket.write('one')
  expect(await once(socket, 'data')).toEqual(['one'])
  const reset = closed(socket)
  proxy.cut()
  await reset
  const next = await call()
  next.write('two')
  expect(await once(next, 'data')).toEqual(['two'])
  next.destroy()
})

it('keeps everything back while it stalls, and loses none of it', async () => {
  const { proxy, call, heard } = await aScene()
  const socket = await call()
  socket.write('one')
  await once(socket, 'data')
  proxy.stall(600_000)
  socket.write('two')
  const late = await call()
  late.write('three')
  expect(heard()).toBe('one')
  const both = Promise.all([once(socket, 'data'), once(late, 'data')])
  proxy.heal()
  expect(await both).toEqual([['two'], ['three']])
  for (const each of [socket, late]) each.destroy()
})

it('leaves connections half open: requests arrive, answers do not, until it resets them', async () => {
  const { proxy, call, heard } = await aScene()
  const socket = await call()
  socket.write('one')
  await once(socket, 'data')
  proxy.halfOpen('requests', 600_000)
  let answers = 0
  socket.on('data', () => {
    answers += 1
  })
  socket.write('two')
  const other = await call()
  other.write('three')
  expect(await once(other, 'data')).toEqual(['three'])
  expect(heard()).toBe('onetwothree')
  const reset = closed(socket)
  proxy.heal()
  await reset
  expect(answers).toBe(0)
  other.destroy()
})
