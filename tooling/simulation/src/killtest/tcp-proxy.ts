import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What a half-open connection still carries: nothing, or only what goes to the server, whose answers are lost. */
export type HalfOpen = 'nothing' | 'requests'

interface Way {
  readonly near: Socket
  readonly far: Socket
  /** What it still carries, once it is half open. */
  carries: HalfOpen | 'all'
}

/** A way to a server that can be cut, stalled and left half open, while the server itself is well. */
export class TcpProxy {
  readonly #server: Server
  readonly #target: URL
  readonly #ways = new Set<Way>()
  #stallTimer: NodeJS.Timeout | null = null

  private constructor(server: Server, target: URL) {
    this.#server = server
    this.#target = target
    server.on('connection', (near) => this.#carry(near))
  }

  /** Starts one before the server that a URL leads to. */
  static async start(target: string): Promise<TcpProxy> {
    const server = createServer()
    const proxy = new TcpProxy(server, new URL(target))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return proxy
  }

  /** The URL of the server, by this way. */
  get url(): string {
    const url = new URL(this.#target)
    url.port = String((this.#server.address() as AddressInfo).port)
    return url.href
  }

  /** Resets every connection; what was on its way is lost. */
  cut(): void {
    for (const way of [...this.#ways]) reset(way)
  }

  /** Nothing gets through for a while, and then all of it. Connections that come meanwhile wait too. */
  stall(ms: number): void {
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer)
    for (const { near, far } of this.#ways) for (const socket of [near, far]) socket.pause()
    this.#stallTimer = setTimeout(() => this.#flow(), ms)
  }

  /** Connections that are there lose what they no longer carry, tell nobody, and are reset after a while. */
  halfOpen(carries: HalfOpen, ms: number): void {
    const ways = [...this.#ways]
    for (const way of ways) way.carries = carries
    setTimeout(() => {
      for (const way of ways) reset(way)
    }, ms).unref()
  }

  /** Everything gets through again, now; what lost something is reset. */
  heal(): void {
    this.#flow()
    for (const way of [...this.#ways]) if (way.carries !== 'all') reset(way)
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#flow()
    this.cut()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #flow(): void {
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer)
    this.#stallTimer = null
    for (const { near, far } of this.#ways) for (const socket of [near, far]) socket.resume()
  }

  #carry(near: Socket): void {
    const far = connect(Number(this.#target.port), this.#target.hostname)
    const way: Way = { near, far, carries: 'all' }
    this.#ways.add(way)
    const pass = (from: Socket, to: Socket, carried: readonly Way['carries'][]): void => {
      from.setNoDelay(true)
      from.on('data', (piece) => {
        if (carried.includes(way.carries)) to.write(piece)
      })
      from.on('error', () => reset(way))
      from.on('close', () => {
        this.#ways.delete(way)
        if (way.carries === 'all') to.end()
      })
    }
    pass(near, far, ['all', 'requests'])
    pass(far, near, ['all'])
    if (this.#stallTimer !== null) for (const socket of [near, far]) socket.pause()
  }
}

function reset({ near, far }: Way): void {
  near.resetAndDestroy()
  far.resetAndDestroy()
}
