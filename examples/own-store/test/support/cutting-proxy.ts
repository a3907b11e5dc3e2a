import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Stands between a store and its server, and loses an answer when it is told to. */
export class CuttingProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #losesAnswerTo: string | null = null

  private constructor(port: number) {
    this.#server = createServer((client) => this.#join(client, connect(port, '127.0.0.1')))
  }

  static async before(port: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Passes the next command with this word on; when its answer comes, cuts the line instead. */
  loseAnswerTo(word: string): void {
    this.#losesAnswerTo = word
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(client: Socket, server: Socket): void {
    let isCut = false
    const end = (): void => {
      for (const socket of [client, server]) {
        socket.destroy()
        this.#sockets.delete(socket)
      }
    }
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.on('error', end).on('close', end)
    }
    client.on('data', (piece) => {
      const word = this.#losesAnswerTo
      if (word !== null && piece.includes(word)) {
        isCut = true
        this.#losesAnswerTo = null
      }
      server.write(piece)
    })
    server.on('data', (piece) => {
      if (isCut) end()
      else client.write(piece)
    })
  }
}
