import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A way to a server on which connections go mute: they stay open, and nothing comes through any more. */
export interface MuteProxy {
  readonly url: string
  /** How many connections were made so far. */
  readonly made: () => number
  /** How many mute connections were asked for something. */
  readonly askedInVain: () => number
  /** Makes all connections of this moment mute; `andNew`: those that come, too. */
  readonly mute: (which?: 'andNew') => void
  /** Makes a connection mute as soon as it brings this text, which the server does not see any more. */
  readonly muteAt: (text: string) => void
  /**
   * Lets the next statement with this text through, and its answer, and nothing that the same connection brings after
   * it: as if its process stood still there. Resolves when it does.
   */
  readonly freezeAfter: (text: string) => Promise<void>
  /** Resolves when the server has said something with this text. */
  readonly heard: (text: string) => Promise<void>
  /** Resolves when the near ends of all connections are closed. */
  readonly left: () => Promise<void>
  readonly stop: () => Promise<void>
}

interface Way {
  readonly near: Socket
  readonly far: Socket
  state: 'open' | 'frozen after its answer' | 'frozen' | 'mute'
  isAsked: boolean
}

/** Stands between a store and its server. */
export async function startMuteProxy(serverUrl: string): Promise<MuteProxy> {
  const target = new URL(serverUrl)
  const ways = new Set<Way>()
  const heard: { readonly text: string; readonly tell: () => void }[] = []
  let made = 0
  let isNewMute = false
  let muteText: string | null = null
  let freezeText: string | null = null
  let tellFrozen = (): void => undefined
  const server = createServer((near) => {
    made += 1
    const far = connect(Number(target.port), target.hostname)
    const way: Way = { near, far, state: isNewMute ? 'mute' : 'open', isAsked: false }
    ways.add(way)
    near.on('data', (chunk) => {
      if (muteText !== null && chunk.includes(muteText)) {
        muteText = null
        way.state = 'mute'
      }
      if (way.state === 'mute') way.isAsked = true
      if (way.state === 'mute' || way.state === 'frozen') return
      if (freezeText !== null && chunk.includes(freezeText)) {
        freezeText = null
        way.state = 'frozen after its answer'
      }
      far.write(chunk)
    })
    far.on('data', (chunk) => {
      for (const { text, tell } of heard) if (chunk.includes(text)) tell()
      if (way.state === 'mute') return
      near.write(chunk)
      if (way.state !== 'frozen after its answer') return
      way.state = 'frozen'
      tellFrozen()
    })
    near.on('close', () => far.destroy())
    far.on('close', () => way.state !== 'mute' && near.destroy())
    for (const socket of [near, far]) socket.on('error', () => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(serverUrl)
  url.port = String((server.address() as { port: number }).port)
  return {
    url: url.href,
    made: () => made,
    askedInVain: () => [...ways].filter(({ state, isAsked }) => state === 'mute' && isAsked).length,
    mute: (which) => {
      isNewMute = which === 'andNew'
      for (const way of ways) way.state = 'mute'
    },
    muteAt: (text) => {
      muteText = text
    },
    freezeAfter: (text) => {
      freezeText = text
      return new Promise((resolve) => {
        tellFrozen = resolve
      })
    },
    heard: (text) => new Promise((resolve) => heard.push({ text, tell: resolve })),
    left: async () => {
      for (const { near } of ways) if (!near.closed) await once(near, 'close')
    },
    stop: async () => {
      for (const { near, far } of ways) {
        near.destroy()
        far.destroy()
      }
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
